(function_item name: (identifier) @name parameters: (_) @parameters) @function
(impl_item type: (_) @name) @space
(trait_item name: (type_identifier) @name) @class
(struct_item name: (type_identifier) @name) @class
(enum_item name: (type_identifier) @name) @class
(mod_item name: (identifier) @name body: (_)) @space
(macro_definition name: (identifier) @name) @function
(call_expression function: (identifier) @callee) @call
(call_expression function: (field_expression value: (_) @receiver field: (field_identifier) @callee)) @call
(call_expression function: (scoped_identifier path: (_)? @receiver name: (identifier) @callee)) @call
(call_expression function: (generic_function function: (identifier) @callee)) @call
(macro_invocation macro: (identifier) @callee) @call
(macro_invocation macro: (identifier) @raised (#any-of? @raised "panic" "unreachable" "todo" "unimplemented" "bail")) @raise
(attribute_item) @decorator
(use_declaration) @import
