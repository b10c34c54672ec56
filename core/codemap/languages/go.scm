(function_declaration name: (identifier) @name parameters: (_) @parameters) @function
(method_declaration receiver: (parameter_list (parameter_declaration type: (_) @owner)) name: (field_identifier) @name parameters: (_) @parameters) @function
(type_spec name: (type_identifier) @name) @class
(call_expression function: (identifier) @callee) @call
(call_expression function: (selector_expression operand: (_) @receiver field: (field_identifier) @callee)) @call
(call_expression function: (identifier) @raised (#eq? @raised "panic")) @raise
(import_spec) @import
