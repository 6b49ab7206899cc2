# frozen_string_literal: true

# Runs a Ruby function: loads its handler, then answers one event after another (docs/frames.md).
require "json"
require_relative "channel"
require_relative "context"
require_relative "faults"
require_relative "gems"
require_relative "handler"
require_relative "logs"

module PetrelRuntime
  def self.main
    channel = Channel.new(ENV.delete("PETREL_FD").to_i)
    Gems.install
    if ENV.delete("PETREL_WARM") == "1"
      require_relative "warm"
      warm
      channel.write(Channel::WAITING)
    end
    kind, body = channel.read
    raise "expected an Init frame, got #{kind}" unless kind == Channel::INIT

    init = JSON.parse(body)
    adopt(init)
    handler = load_handler(channel, init)
    channel.write(Channel::READY)
    serve(channel, handler)
  end

  # Becomes the function: its environment, folder, load path and log format.
  def self.adopt(init)
    (init["env"] || {}).each { |name, value| ENV[name] = value }
    task_root = init["taskRoot"]
    Dir.chdir(task_root)
    paths = [task_root, *ENV["RUBYLIB"]&.split(":")].uniq
    $LOAD_PATH.replace(paths | $LOAD_PATH)
    Encoding.default_external = Encoding::UTF_8
    Logs.install
    Object.include(Logs::Puts)
    Gems.load_if_used
  end
  private_class_method :adopt

  def self.load_handler(channel, init)
    LambdaHandler.load(init["taskRoot"], init["handler"])
  rescue Exception => e # Also what is no StandardError: LoadError, SyntaxError, SystemExit.
    body = Faults.body(e, "Init")
    Logs.failure("Init error when loading handler #{init['handler']}", body)
    Faults.end_process(channel, Channel::INIT_ERROR, body)
  end
  private_class_method :load_handler

  def self.serve(channel, handler)
    settings = LambdaContext::Settings.read
    loop do
      _, body = channel.read
      cut = 4 + body.unpack1("L<")
      header = JSON.parse(body.byteslice(4, cut - 4))
      $_global_aws_request_id = Logs.request_id = header["requestId"]
      ENV["_X_AMZN_TRACE_ID"] = header["traceId"]
      answer = answer_of(channel, handler, settings, header, body.byteslice(cut, body.bytesize))
      Faults.flush
      channel.write(*answer)
    end
  end

  # The kind and body of the frame that ends the invocation.
  def self.answer_of(channel, handler, settings, header, event)
    result = handler.call(JSON.parse(event.force_encoding(Encoding::UTF_8)), LambdaContext.new(settings, header))
    [Channel::RESPONSE, encode(result)]
  rescue NameError => e # Lambda takes a wrong name for an error that the process does not survive.
    fail_for_good(channel, e)
  rescue StandardError => e
    body = Faults.body(e, "Function")
    Logs.failure("Error raised from handler method", body)
    [Channel::ERROR, JSON.generate(body)]
  rescue Exception => e # SystemExit, SystemStackError, NoMemoryError…
    fail_for_good(channel, e)
  end
  private_class_method :serve, :answer_of

  # JSON, or the bytes of a stream as they are.
  def self.encode(result)
    return result.read if defined?(StringIO) && result.is_a?(StringIO) || result.is_a?(IO)

    result.to_json
  end
  private_class_method :encode

  def self.fail_for_good(channel, error)
    body = Faults.body(error, "Function")
    Logs.failure("Critical exception from handler", body)
    Faults.end_process(channel, Channel::FATAL, body)
  end
  private_class_method :fail_for_good
end
