"""The composition of the stages, and the only one: sources to cases, a case to a proposal."""
