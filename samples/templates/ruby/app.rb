# A function with a URL: GET / answers a greeting, GET /?name=Ada another. Invoked directly, the event itself has the name.

def handler(event:, context:)
  name = (event["queryStringParameters"] || event).fetch("name", "world")
  puts "greeting #{name}, #{context.get_remaining_time_in_millis} ms left"
  {
    statusCode: 200,
    headers: { "content-type" => "text/plain; charset=utf-8" },
    body: "Hello, #{name}, from Ruby #{RUBY_VERSION}",
  }
end
