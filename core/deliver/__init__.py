"""Policy, proposal text, forges, trackers and the outbox."""
