"""What the map knows of each language: a table of endings and one query file of its syntax tree's nodes.

A query names `@function`, `@class` and `@space` (a scope that is neither) with their `@name`, and of a function
`@owner` (the type it hangs on from outside), `@parameters`; of a class `@base`. `@call` has the called bare name
in `@callee` and what stands before its dot in `@receiver`; `@raise` has `@raised`; `@decorator` stands alone and
belongs to the definition that follows it; `@import` is a whole import statement.
"""
