(function_definition name: (identifier) @name parameters: (parameters) @parameters) @function
(class_definition name: (identifier) @name superclasses: (argument_list)? @base) @class
(call function: (identifier) @callee) @call
(call function: (attribute object: (_) @receiver attribute: (identifier) @callee)) @call
(raise_statement . (call function: (_) @raised)) @raise
(raise_statement . [(identifier) (attribute)] @raised) @raise
(decorated_definition (decorator) @decorator)
[(import_statement) (import_from_statement) (future_import_statement)] @import
