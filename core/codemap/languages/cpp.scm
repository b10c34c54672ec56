(function_definition declarator: (_) @name) @function
(class_specifier name: (_) @name (base_class_clause (_) @base)? body: (_)) @class
(struct_specifier name: (_) @name (base_class_clause (_) @base)? body: (_)) @class
(enum_specifier name: (_) @name body: (_)) @class
(call_expression function: (identifier) @callee) @call
(call_expression function: (field_expression argument: (_) @receiver field: (field_identifier) @callee)) @call
(call_expression function: (qualified_identifier scope: (_)? @receiver name: (_) @callee)) @call
(call_expression function: (template_function name: (identifier) @callee)) @call
(new_expression type: (type_identifier) @callee) @call
(throw_statement (call_expression function: (_) @raised)) @raise
(preproc_include) @import
