using System.Reflection;
using System.Runtime.CompilerServices;

namespace Petrel.Bootstrap;

/// <summary>From the handler's name, <c>Assembly::Namespace.Type::Method</c>, to the method.</summary>
internal static class HandlerMethod
{
    public static (string Assembly, string Type, string Method) Split(string name)
    {
        var parts = name.Split("::");
        return parts is [{ Length: > 0 } assembly, { Length: > 0 } type, { Length: > 0 } method]
            ? (assembly, type, method)
            : throw new LambdaValidationException($"Invalid lambda function handler: '{name}'. The valid format is 'ASSEMBLY::TYPE::METHOD'.");
    }

    public static MethodInfo Find(Assembly assembly, string typeName, string methodName)
    {
        var type = assembly.GetType(typeName)
            ?? throw new LambdaValidationException($"Unable to load type '{typeName}' from assembly '{assembly.GetName().Name}'.");
        const BindingFlags any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;
        var methods = type.GetMethods(any);

        // A method with overloads is named by its whole signature, as MethodInfo writes it.
        var named = methods.Where(m => m.ToString() == methodName).ToArray();
        if (named.Length == 0)
        {
            named = [.. methods.Where(m => m.Name == methodName)];
        }

        var method = named switch
        {
            [var one] => one,
            [] => throw new LambdaValidationException(
                $"Unable to find method '{methodName}' in type '{typeName}' from assembly '{assembly.GetName().Name}': Found no methods matching method name '{methodName}'."),
            _ => throw new LambdaValidationException(
                $"The method '{methodName}' in type '{typeName}' appears to have a number of overloads. To call this method please specify a complete method signature. "
                + $"Possible candidates are:\n{string.Join('\n', named.Select(m => m.ToString()))}."),
        };
        Check(method, type);
        return method;
    }

    private static void Check(MethodInfo method, Type type)
    {
        var problem = (method, type) switch
        {
            (_, { ContainsGenericParameters: true }) =>
                $"The type '{type}' cannot be used as a Lambda Handler type because it is generic. Handler methods cannot be located in generic types. "
                + "Please specify a handler method in a non-generic type.",
            ({ IsStatic: false }, { IsAbstract: true }) =>
                $"The instance method '{method}' cannot be used as a Lambda Handler because its type '{type}' is abstract. "
                + "Please either use a static handler or specify a type that is not abstract.",
            ({ ContainsGenericParameters: true }, _) =>
                $"The method '{method}' cannot be used as a Lambda Handler because it is a generic method. Handler methods cannot be generic. "
                + "Please specify a non-generic handler method.",
            _ when method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)) =>
                $"The method '{method}' cannot be used as a Lambda Handler because it is an 'async void' method. "
                + "Handler methods cannot be 'async void'. Please specify a method that is not 'async void'.",
            _ when method.GetParameters().Length > 2 =>
                $"Method '{method.Name}' of type '{type}' is not supported: the method has more than 2 parameters.",
            _ when method.GetParameters() is [_, { } second] && !IsContext(second.ParameterType) =>
                $"Method '{method.Name}' of type '{type}' is not supported: the method has 2 parameters, but the second parameter is not of type 'Amazon.Lambda.Core.ILambdaContext'.",
            _ => null,
        };
        if (problem is not null)
        {
            throw new LambdaValidationException(problem);
        }
    }

    public static bool IsContext(Type type) => type.FullName == "Amazon.Lambda.Core.ILambdaContext";
}
