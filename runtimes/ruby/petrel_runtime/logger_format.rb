# frozen_string_literal: true

module PetrelRuntime
  # Lambda's forms of a Logger's events.
  class TextFormatter < Logger::Formatter
    def call(severity, time, program, message)
      format("%s, [%s #%d] %5s %s -- %s: %s\n", severity[0], format_datetime(time), Process.pid, severity, Logs.request_id, program, msg2str(message))
    end
  end

  class JsonFormatter < Logger::Formatter
    def call(severity, time, program, message)
      event = { "timestamp" => time.utc.strftime("%Y-%m-%dT%H:%M:%S.%6NZ"), "level" => severity }
      event["message"] = clean(message.is_a?(Exception) ? message.message : msg2str(message))
      event["requestId"] = Logs.request_id
      event["logger"] = clean(program) if program
      if message.is_a?(Exception)
        frames = Array(message.backtrace).map { |frame| clean(frame) }
        event.update("errorType" => message.class.to_s, "errorMessage" => clean(message.message), "stackTrace" => frames, "location" => frames.first)
      end
      JSON.generate(event.compact) + "\n"
    end

    private

    def clean(value)
      value.to_s.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
    end
  end

  # A device for Logger that keeps an event of several lines together.
  module EventDevice
    def self.write(text)
      Logs.write(text)
    end

    def self.close; end
  end

  module LoggerPatch
    def initialize(device, *rest, **options)
      ours = device.equal?(STDOUT) || device.equal?(STDERR)
      options[:level] = Logs.level if ours && Logs.level && !options.key?(:level)
      super(ours ? EventDevice : device, *rest, **options)
      @default_formatter = Logs.json? ? JsonFormatter.new : TextFormatter.new if ours
    end
  end

  Logger.prepend(LoggerPatch)
end
