using System.Text;

namespace Tieline.Platform.Ui;

/// <summary>A choice of a select field or a group of radio buttons.</summary>
/// <param name="Group">Heading under which it stands in a select.</param>
public sealed record Option(string Value, string Text, string? Group = null)
{
    /// <summary>One for each value of an enum; texts are its names in words ("PendingStart": "Pending start") unless given.</summary>
    public static IReadOnlyList<Option> Of<TEnum>(Func<TEnum, string>? text = null) where TEnum : struct, Enum =>
        [.. Enum.GetValues<TEnum>().Select(v => new Option(v.ToString(), text?.Invoke(v) ?? InWords(v.ToString())))];

    public static IReadOnlyList<Option> Of<T>(IEnumerable<T> items, Func<T, object> value, Func<T, string> text) =>
        [.. items.Select(i => new Option(FieldText.Write(value(i)), text(i)))];

    /// <summary>"PendingStart" as "Pending start".</summary>
    public static string InWords(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (words.Length > 0 && char.IsUpper(letter))
                words.Append(' ').Append(char.ToLowerInvariant(letter));
            else
                words.Append(letter);
        }
        return words.ToString();
    }
}
