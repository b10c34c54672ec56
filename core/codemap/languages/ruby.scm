(method name: (_) @name parameters: (method_parameters)? @parameters) @function
(singleton_method name: (_) @name parameters: (method_parameters)? @parameters) @function
(call method: (identifier) @_define arguments: (argument_list . (simple_symbol) @name) (#any-of? @_define "define_method" "define_singleton_method" "scope" "task")) @function
(class name: (_) @name superclass: (superclass (_) @base)?) @class
(module name: (_) @name) @class
(call !receiver method: (_) @callee) @call
(call receiver: (_) @receiver method: (_) @callee) @call
(call !receiver method: (identifier) @_raise arguments: (argument_list . (_) @raised) (#any-of? @_raise "raise" "fail")) @raise
(call !receiver method: (identifier) @_require (#any-of? @_require "require" "require_relative" "load" "autoload" "include" "extend" "prepend")) @import
