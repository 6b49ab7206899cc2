# frozen_string_literal: true

module PetrelRuntime
  # Errors: what callers get, and what the log gets.
  module Faults
    MAX_FRAMES = 100
    RUNTIME = File.dirname(__dir__) + "/"

    # The error body. `stage` is where it happened: Function or Init.
    def self.body(error, stage)
      { "errorMessage" => clean(error.message), "errorType" => "#{stage}<#{error.class}>", "stackTrace" => trace(error) }
    end

    # Ends a process whose state is unknown with the last frame it sends; what it printed goes first.
    def self.end_process(channel, kind, body)
      flush
      channel.write(kind, JSON.generate(body))
      exit!(1)
    end

    def self.flush
      $stdout.flush
      $stderr.flush
    rescue IOError, SystemCallError, NoMethodError
      nil # The function has closed it, or put something else there.
    end

    # The function's own frames and those of libraries, without this program's.
    def self.trace(error)
      (error.backtrace || []).reject { |frame| frame.start_with?(RUNTIME, "<internal:") }.first(MAX_FRAMES).map { |frame| clean(frame) }
    end
    private_class_method :trace

    # Messages may hold bytes that no JSON can.
    def self.clean(text)
      text = text.to_s
      text = text.dup.force_encoding(Encoding::UTF_8) if text.encoding == Encoding::BINARY
      text.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
    end
    private_class_method :clean
  end
end
