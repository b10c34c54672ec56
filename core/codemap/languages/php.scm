(function_definition name: (name) @name parameters: (_) @parameters) @function
(method_declaration name: (name) @name parameters: (_) @parameters) @function
(class_declaration name: (name) @name (base_clause (_) @base)?) @class
(interface_declaration name: (name) @name) @class
(trait_declaration name: (name) @name) @class
(enum_declaration name: (name) @name) @class
(function_call_expression function: (name) @callee) @call
(function_call_expression function: (qualified_name (name) @callee)) @call
(member_call_expression object: (_) @receiver name: (name) @callee) @call
(nullsafe_member_call_expression object: (_) @receiver name: (name) @callee) @call
(scoped_call_expression scope: (_) @receiver name: (name) @callee) @call
(object_creation_expression (name) @callee) @call
(object_creation_expression (qualified_name (name) @callee)) @call
(throw_expression (object_creation_expression [(name) (qualified_name)] @raised)) @raise
(throw_expression (variable_name) @raised) @raise
(attribute) @decorator
(namespace_use_declaration) @import
