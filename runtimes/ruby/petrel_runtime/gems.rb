# frozen_string_literal: true

module PetrelRuntime
  # RubyGems takes four times as long to load as Ruby itself, and many functions need nothing of it. Ruby is started without, and gets it
  # when the function has gems, or asks for a file that is not among Ruby's own, or names it.
  module Gems
    def self.install
      Object.autoload(:Gem, File.join(__dir__, "rubygems_late.rb"))
      Object.autoload(:Logger, "logger") # Both are there on Lambda without being asked for.
      Object.autoload(:StringIO, "stringio")
      Kernel.module_eval do
        alias_method :petrel_require, :require
        define_method(:require) { |path| Gems.require_lazily(self, path) }
        define_method(:gem) { |*names| Gems.load && gem(*names) }
        private :require, :gem, :petrel_require
      end
    end

    def self.require_lazily(caller, path)
      caller.send(:petrel_require, path).tap { Logs.adopt_logger if path == "logger" }
    rescue LoadError => e
      raise if @loaded || e.path != path.to_s

      load
      caller.send(:require, path)
    end

    def self.load
      return true if @loaded

      @loaded = true
      Kernel.send(:alias_method, :require, :petrel_require)
      Kernel.send(:remove_method, :gem)
      require "logger"
      Logs.adopt_logger
      Object.send(:remove_const, :Gem) if Object.autoload?(:Gem) # Else RubyGems would run into it.
      require "rubygems"
      true
    end

    # Gems of the function or its layers may be newer than those that come with Ruby, so that RubyGems must have its say from the beginning.
    def self.load_if_used
      folders = [*ENV["GEM_PATH"]&.split(":"), ENV["GEM_HOME"]].compact
      load if folders.any? { |folder| File.directory?(File.join(folder, "specifications")) }
      Gem.clear_paths if @loaded # They were read before the function was known.
    end
  end
end
