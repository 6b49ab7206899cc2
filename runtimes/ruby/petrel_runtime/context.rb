# frozen_string_literal: true

# The context object of a handler.
class LambdaContext
  attr_reader :aws_request_id, :invoked_function_arn, :log_group_name, :log_stream_name, :function_name, :memory_limit_in_mb,
              :function_version, :identity, :client_context, :deadline_ms

  # What the environment says of the function; read once.
  Settings = Struct.new(:log_group_name, :log_stream_name, :function_name, :memory_limit_in_mb, :function_version) do
    def self.read
      new(*%w[LOG_GROUP_NAME LOG_STREAM_NAME FUNCTION_NAME FUNCTION_MEMORY_SIZE FUNCTION_VERSION].map { |name| ENV["AWS_LAMBDA_#{name}"] })
    end
  end

  def initialize(settings, header)
    @log_group_name = settings.log_group_name
    @log_stream_name = settings.log_stream_name
    @function_name = settings.function_name
    @memory_limit_in_mb = settings.memory_limit_in_mb
    @function_version = settings.function_version
    @aws_request_id = header["requestId"]
    @invoked_function_arn = header["functionArn"]
    @deadline_ms = header["deadlineMs"]
    @identity = parse(header["cognitoIdentity"])
    @client_context = parse(header["clientContext"])
  end

  def get_remaining_time_in_millis
    [@deadline_ms - Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond), 0].max
  end

  private

  def parse(text)
    text && JSON.parse(text)
  end
end
