using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;

namespace Petrel.Server.Settings;

/// <summary>A setting whose value is not shown: it holds a password.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

/// <summary>One value of <see cref="PetrelOptions"/>, with the names under which it can be given.</summary>
/// <param name="Key">In <c>petrel.json</c> and for <c>--set</c>: <c>edge.port</c>.</param>
/// <param name="EnvironmentName"><c>PETREL_EDGE_PORT</c>.</param>
internal sealed record Setting(string Key, string EnvironmentName, ImmutableArray<PropertyInfo> Path)
{
    public static readonly ImmutableArray<Setting> All = [.. Of(typeof(PetrelOptions), "", [])];

    private PropertyInfo Property => Path[^1];

    public bool Secret => Property.IsDefined(typeof(SecretAttribute));

    public object? Read(PetrelOptions options) => Path.Aggregate((object?)options, (owner, property) => property.GetValue(owner));

    public void Write(PetrelOptions options, object? value) =>
        Property.SetValue(Path.SkipLast(1).Aggregate((object?)options, (owner, property) => property.GetValue(owner)), value);

    /// <summary>Turns text into the setting's type and checks it against the attributes of its property.</summary>
    public object? Parse(string text)
    {
        var type = Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;
        var value = Convert(type, text);
        foreach (var rule in Property.GetCustomAttributes<ValidationAttribute>())
        {
            if (!rule.IsValid(value))
            {
                throw new FormatException($"{text} {Explain(rule)}");
            }
        }

        return value;
    }

    private static object? Convert(Type type, string text)
    {
        if (type == typeof(string))
        {
            return text;
        }

        if (type == typeof(int))
        {
            return int.TryParse(text, out var number) ? number : throw new FormatException($"{text} is not a whole number");
        }

        if (type == typeof(long))
        {
            return long.TryParse(text, out var number) ? number : throw new FormatException($"{text} is not a whole number");
        }

        if (type == typeof(double))
        {
            return double.TryParse(text, out var number) && double.IsFinite(number) ? number : throw new FormatException($"{text} is not a number");
        }

        if (type == typeof(bool))
        {
            return bool.TryParse(text, out var flag) ? flag : throw new FormatException($"{text} is neither true nor false");
        }

        if (type == typeof(Uri))
        {
            return Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : throw new FormatException($"{text} is not an absolute URL");
        }

        throw new InvalidOperationException($"Settings of type {type} are not read from text.");
    }

    private static string Explain(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => $"is not between {range.Minimum} and {range.Maximum}",
        AllowedValuesAttribute allowed => $"is none of {string.Join(", ", allowed.Values)}",
        RegularExpressionAttribute => rule.ErrorMessage ?? "has the wrong form",
        _ => rule.ErrorMessage ?? "is not valid",
    };

    private static IEnumerable<Setting> Of(Type type, string prefix, ImmutableArray<PropertyInfo> path)
    {
        foreach (var property in type.GetProperties().Where(p => p.CanWrite))
        {
            var key = prefix + Camel(property.Name);
            var here = path.Add(property);
            if (property.PropertyType.Namespace == typeof(PetrelOptions).Namespace)
            {
                foreach (var inner in Of(property.PropertyType, key + ".", here))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return new Setting(key, ToEnvironmentName(key), here);
            }
        }
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary><c>edge.clockSkewSeconds</c> is <c>PETREL_EDGE_CLOCK_SKEW_SECONDS</c>.</summary>
    private static string ToEnvironmentName(string key)
    {
        var name = new StringBuilder("PETREL_");
        foreach (var letter in key)
        {
            _ = letter == '.' ? name.Append('_')
                : char.IsUpper(letter) ? name.Append('_').Append(letter)
                : name.Append(char.ToUpperInvariant(letter));
        }

        return name.ToString();
    }
}
