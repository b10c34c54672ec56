(function_declaration name: (identifier) @name (function_value_parameters)? @parameters) @function
(class_declaration name: (identifier) @name (delegation_specifiers (delegation_specifier (_) @base))?) @class
(object_declaration name: (identifier) @name) @class
(companion_object name: (identifier) @name) @class
(call_expression . (identifier) @callee) @call
(call_expression . (navigation_expression (_) @receiver (identifier) @callee .)) @call
(throw_expression (call_expression . (identifier) @raised)) @raise
(throw_expression (identifier) @raised) @raise
(annotation) @decorator
(import) @import
