using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;

namespace Tieline.Platform.Ui;

/// <summary>Single values as they stand in a form field, and back.</summary>
internal static class FieldText
{
    private static readonly ConcurrentDictionary<Type, MethodInfo?> Parsers = new();
    private static readonly string[] Days = ["yyyy-M-d", "M/d/yyyy", "d MMM yyyy", "d MMMM yyyy", "MMM d, yyyy"];
    private static readonly string[] Times = ["H:mm", "H:mm:ss", "H.mm", "Hmm", "h:mm tt", "h:mmtt", "h tt", "htt"];

    public static bool IsSimple(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner == typeof(string) || inner.IsPrimitive || inner.IsEnum || inner == typeof(decimal) || Parser(inner) is not null;
    }

    /// <summary>How a value stands in a field: days 2026-03-18, times 15:00, true/false, names of enums.</summary>
    public static string Write(object? value) => value switch
    {
        null => "",
        bool yes => yes ? "true" : "false",
        DateOnly on => on.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly at => at.ToString(at.Second == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture),
        DateTime at => at.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <param name="complaint">What to tell the one who typed it.</param>
    public static bool TryRead(string text, Type type, out object? value, out string complaint)
    {
        var inner = Nullable.GetUnderlyingType(type);
        (value, complaint) = (null, "");
        if (type == typeof(string))
        {
            value = text;
            return true;
        }
        if (string.IsNullOrWhiteSpace(text))
        {
            complaint = "This is missing.";
            return inner is not null;
        }
        text = text.Trim();
        type = inner ?? type;
        value = Parse(text, type);
        if (value is null)
            complaint = Complaint(text.Length > 40 ? text[..40] + "…" : text, type);
        return value is not null;
    }

    /// <summary>A property path such as <c>Phones[0].Number</c> on a record; null when it leads nowhere.</summary>
    public static object? Walk(object? start, string path)
    {
        var value = start;
        foreach (var part in path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (value is null)
                return null;
            if (part[0] != '[')
            {
                value = value.GetType().GetProperty(part, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)?.GetValue(value);
                continue;
            }
            var key = part.Trim('[', ']');
            value = value switch
            {
                IDictionary dictionary => dictionary.Contains(key) ? dictionary[key] : null,
                IList list => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count ? list[index] : null,
                _ => null,
            };
        }
        return value;
    }

    private static object? Parse(string text, Type type)
    {
        var invariant = CultureInfo.InvariantCulture;
        if (type == typeof(bool))
            return text.ToLowerInvariant() switch { "true" or "on" or "1" or "yes" => true, "false" or "off" or "0" or "no" => false, _ => null };
        if (type.IsEnum)
            return !char.IsAsciiDigit(text[0]) && text[0] is not '-' and not '+' && Enum.TryParse(type, text, ignoreCase: true, out var name) ? name : null;
        if (type == typeof(DateOnly))
            return DateOnly.TryParseExact(text, Days, invariant, DateTimeStyles.AllowWhiteSpaces, out var on) ? on : null;
        if (type == typeof(TimeOnly))
            return TimeOnly.TryParseExact(text, Times, invariant, DateTimeStyles.AllowWhiteSpaces, out var at) ? at : null;
        if (type == typeof(DateTime))
            return DateTime.TryParse(text, invariant, DateTimeStyles.None, out var instant) ? instant : null;
        if (type == typeof(int))
            return int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, invariant, out var number) ? number : null;
        if (type == typeof(long))
            return long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, invariant, out var number) ? number : null;
        if (type == typeof(decimal))
            return decimal.TryParse(text, NumberStyles.Number, invariant, out var number) ? number : null;
        if (Parser(type) is not { } parser)
            throw new InvalidOperationException($"A form field cannot hold a {type.Name}.");
        object?[] arguments = parser.GetParameters().Length == 3 ? [text, invariant, null] : [text, null];
        return parser.Invoke(null, arguments) is true ? arguments[^1] : null;
    }

    private static string Complaint(string text, Type type)
    {
        if (type == typeof(DateOnly))
            return $"“{text}” is not a day. Write it as 2026-03-31.";
        if (type == typeof(TimeOnly))
            return $"“{text}” is not a time of day. Write it as 15:30.";
        if (type == typeof(DateTime))
            return $"“{text}” is not a day and time. Write it as 2026-03-31 15:30.";
        if (type == typeof(int) || type == typeof(long))
            return $"“{text}” is not a whole number.";
        if (type == typeof(decimal) || type == typeof(double))
            return $"“{text}” is not a number.";
        return type.IsEnum || type == typeof(bool) ? $"“{text}” is not one of the choices." : $"“{text}” cannot be read.";
    }

    private static MethodInfo? Parser(Type type) => Parsers.GetOrAdd(type, static t => t.IsInterface ? null :
        t.GetMethod("TryParse", BindingFlags.Public | BindingFlags.Static, [typeof(string), typeof(IFormatProvider), t.MakeByRefType()])
        ?? t.GetMethod("TryParse", BindingFlags.Public | BindingFlags.Static, [typeof(string), t.MakeByRefType()]));
}
