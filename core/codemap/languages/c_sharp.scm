(method_declaration name: (identifier) @name parameters: (_) @parameters) @function
(constructor_declaration name: (identifier) @name parameters: (_) @parameters) @function
(local_function_statement name: (identifier) @name parameters: (_) @parameters) @function
(property_declaration name: (identifier) @name accessors: (accessor_list (accessor_declaration body: (_)))) @function
(property_declaration name: (identifier) @name value: (arrow_expression_clause)) @function
(class_declaration name: (identifier) @name (base_list (_) @base)?) @class
(struct_declaration name: (identifier) @name) @class
(record_declaration name: (identifier) @name) @class
(interface_declaration name: (identifier) @name) @class
(enum_declaration name: (identifier) @name) @class
(invocation_expression function: (identifier) @callee) @call
(invocation_expression function: (generic_name (identifier) @callee)) @call
(invocation_expression function: (member_access_expression expression: (_) @receiver name: (identifier) @callee)) @call
(invocation_expression function: (member_access_expression expression: (_) @receiver name: (generic_name (identifier) @callee))) @call
(object_creation_expression type: (identifier) @callee) @call
(throw_statement (object_creation_expression type: (_) @raised)) @raise
(throw_expression (object_creation_expression type: (_) @raised)) @raise
(attribute) @decorator
(using_directive) @import
