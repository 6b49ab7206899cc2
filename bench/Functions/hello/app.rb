def handler(event:, context:)
  "Hello from Petrel"
end
