# frozen_string_literal: true

# What the name Gem loads when the function speaks it before RubyGems is there.
PetrelRuntime::Gems.load
