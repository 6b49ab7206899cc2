# frozen_string_literal: true

module PetrelRuntime
  # What the function prints and logs: a call of puts, or an event of a Logger that writes to standard output, is one event.
  module Logs
    class << self
      attr_accessor :request_id

      def json?
        @json
      end

      # The lowest level that is logged; nil when nothing asks for one.
      attr_reader :level

      def install
        @json = ENV["AWS_LAMBDA_LOG_FORMAT"].to_s.casecmp?("JSON")
        name = ENV["AWS_LAMBDA_LOG_LEVEL"].to_s.upcase
        name = "DEBUG" if name == "TRACE"
        @level = %w[DEBUG INFO WARN ERROR FATAL].index(name)
        $stdout.sync = $stderr.sync = true
      end

      # Writes one event. One that has several lines has NUL inside in place of their ends (docs/frames.md).
      def write(text)
        line = text.encoding == Encoding::UTF_8 && text.valid_encoding? ? text : text.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
        STDOUT.write(line.chomp.tr("\n", "\0") + "\n")
      end

      # An error that ends an invocation or the initialisation.
      def failure(message, body)
        if @json
          stamp = Time.now.utc.strftime("%Y-%m-%dT%H:%M:%S.%3NZ")
          write(JSON.generate({ "timestamp" => stamp, "level" => "ERROR", "message" => message, "requestId" => request_id, **body }.compact))
        else
          write(message)
          write(JSON.pretty_generate(body))
        end
      end

      # Loggers that write to standard output get Lambda's format; called when the library has been loaded.
      def adopt_logger
        return if @adopted

        @adopted = true
        require_relative "logger_format"
      end
    end

    # Kernel#puts: one event a call, however many lines it has.
    module Puts
      private

      def puts(*values)
        return $stdout.puts(*values) unless $stdout.equal?(STDOUT)

        Logs.write(values.flatten.map { |value| value.to_s }.join("\n"))
        nil
      end
    end
  end
end
