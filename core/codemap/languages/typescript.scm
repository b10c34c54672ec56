(function_declaration name: (_) @name parameters: (_) @parameters) @function
(generator_function_declaration name: (_) @name parameters: (_) @parameters) @function
(method_definition name: (_) @name parameters: (_) @parameters) @function
(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression) (generator_function)] @function)
(assignment_expression left: [(identifier) @name (member_expression property: (_) @name)] right: [(arrow_function) (function_expression) (generator_function)] @function)
(pair key: (_) @name value: [(arrow_function) (function_expression) (generator_function)] @function)
(class_declaration name: (_) @name (class_heritage (extends_clause value: (_) @base))?) @class
(abstract_class_declaration name: (_) @name (class_heritage (extends_clause value: (_) @base))?) @class
(interface_declaration name: (_) @name) @class
(enum_declaration name: (_) @name) @class
(internal_module name: (_) @name) @space
(variable_declarator name: (identifier) @name value: (class (class_heritage (extends_clause value: (_) @base))?) @class)
(call_expression function: (identifier) @callee) @call
(call_expression function: (member_expression object: (_) @receiver property: (_) @callee)) @call
(new_expression constructor: (identifier) @callee) @call
(new_expression constructor: (member_expression object: (_) @receiver property: (_) @callee)) @call
(throw_statement (new_expression constructor: (_) @raised)) @raise
(throw_statement (identifier) @raised) @raise
(import_statement) @import
(variable_declarator value: (call_expression function: (identifier) @_require (#eq? @_require "require"))) @import
(public_field_definition name: (_) @name value: [(arrow_function) (function_expression)] @function)
(decorator) @decorator
