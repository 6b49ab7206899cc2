# frozen_string_literal: true

# The receiver of handlers that are plain methods; one for the life of the process, so that its instance variables stay.
class LambdaHandler
  # From the handler's name to something that can be called: `file.method`, or `file.Module::Class.method`.
  def self.load(task_root, name)
    file, *scope, method = name.split(".")
    if file.nil? || file.empty? || method.nil? || scope.size > 1
      raise ArgumentError, "Invalid handler #{name.split('.')}, must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where FILENAME corresponds " \
        "with an existing Ruby source file FILENAME.rb, CLASS is an optional module/class namespace and METHOD is a callable method. " \
        "If using CLASS, METHOD must be a class-level method."
    end
    # By its path: a file that is called as one of Ruby's own, such as json.rb, counts as loaded otherwise.
    path = File.join(task_root, file)
    require File.file?("#{path}.rb") ? path : file
    new(file, scope.first, method)
  end

  def initialize(file, scope, method)
    @handler_file_name = file
    @handler_class = scope
    @handler_method_name = method
  end

  # A handler that is not there fails when it is called, as on Lambda.
  def call(event, context)
    if @handler_class
      Kernel.const_get(@handler_class).send(@handler_method_name, event: event, context: context)
    else
      __send__(@handler_method_name, event: event, context: context)
    end
  end
end
