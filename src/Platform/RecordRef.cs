using System.Globalization;

namespace Tieline.Platform;

/// <summary>A link to a record of any room, e.g. <c>person:1200</c>. How a lower room points upward without knowing its type.</summary>
public readonly record struct RecordRef(string Kind, long Id)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}:{Id}");

    public static RecordRef Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || !long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            throw new FormatException($"'{text}' is not a record reference (kind:id).");
        return new RecordRef(text[..colon], id);
    }

    public static bool TryParse(string? text, out RecordRef value)
    {
        value = default;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 1 || !long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return false;
        value = new RecordRef(text![..colon], id);
        return true;
    }
}
