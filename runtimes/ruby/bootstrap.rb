# frozen_string_literal: true

# The program that runs in a Ruby sandbox.
require_relative "petrel_runtime/run"

PetrelRuntime.main
