# frozen_string_literal: true

module PetrelRuntime
  # A process that waits in a pool has the time to load what functions often need, and to run each path of an invocation once.
  def self.warm
    Gems.load
    require "stringio"
    require "time"
    header = { "requestId" => "", "deadlineMs" => 0, "functionArn" => "", "clientContext" => "{}" }
    receiver = Class.new(LambdaHandler) { def warm_up(event:, context:) = { "event" => event, "left" => context.get_remaining_time_in_millis } }
    handler = receiver.new("", nil, "warm_up")
    encode(handler.call(JSON.parse('{"a":[1,2.5,"é",null,true]}'), LambdaContext.new(LambdaContext::Settings.read, header)))
    Faults.body(RuntimeError.new("x"), "Function")
    Dir.chdir(Dir.pwd)
    GC.start
  end
end
