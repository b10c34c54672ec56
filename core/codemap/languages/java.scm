(method_declaration name: (identifier) @name parameters: (_) @parameters) @function
(constructor_declaration name: (identifier) @name parameters: (_) @parameters) @function
(compact_constructor_declaration name: (identifier) @name) @function
(class_declaration name: (identifier) @name superclass: (superclass (_) @base)? interfaces: (super_interfaces (type_list (_) @base))?) @class
(interface_declaration name: (identifier) @name) @class
(enum_declaration name: (identifier) @name) @class
(record_declaration name: (identifier) @name) @class
(annotation_type_declaration name: (identifier) @name) @class
(method_invocation !object name: (identifier) @callee) @call
(method_invocation object: (_) @receiver name: (identifier) @callee) @call
(method_reference (_) @receiver (identifier) @callee .) @call
(object_creation_expression type: (type_identifier) @callee) @call
(throw_statement (object_creation_expression type: (_) @raised)) @raise
(throw_statement (identifier) @raised) @raise
[(marker_annotation) (annotation)] @decorator
(import_declaration) @import
