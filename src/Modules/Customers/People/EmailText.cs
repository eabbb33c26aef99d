using System.Diagnostics.CodeAnalysis;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>An e-mail address as people type it: with the spaces of a copy, and "mailto:".</summary>
internal static class EmailText
{
    /// <summary>RFC 5321: 254 characters, 64 of them before the @.</summary>
    private const int MaxLength = 254;
    private const int MaxLocal = 64;

    public static bool TryRead(string? typed, [NotNullWhen(true)] out string? address, out string problem)
    {
        address = null;
        var text = TypedText.OneLine(typed, MaxLength + 20);
        if (text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
            text = text[7..];
        text = text.Trim('<', '>', ' ');
        problem = Problem(text);
        if (problem.Length > 0)
            return false;
        var at = text.LastIndexOf('@');
        address = text[..(at + 1)] + text[(at + 1)..].ToLowerInvariant();
        return true;
    }

    private static string Problem(string text)
    {
        if (text.Length == 0)
            return "Enter an e-mail address.";
        if (text.Length > MaxLength)
            return $"An e-mail address has at most {MaxLength} characters.";
        var at = text.LastIndexOf('@');
        if (at < 0)
            return "An e-mail address has an @.";
        var (local, domain) = (text[..at], text[(at + 1)..]);
        if (local.Length is 0 or > MaxLocal || local.StartsWith('.') || local.EndsWith('.') || local.Contains("..", StringComparison.Ordinal) || !local.All(IsLocal))
            return "What stands before the @ is not possible.";
        var labels = domain.Split('.');
        if (labels.Length < 2 || Array.Exists(labels, l => l.Length is 0 or > 63 || l[0] == '-' || l[^1] == '-' || !l.All(c => char.IsLetterOrDigit(c) || c == '-')) || labels[^1].Length < 2)
            return "What stands behind the @ is no domain, like example.org.";
        return "";
    }

    private static bool IsLocal(char c) => char.IsLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~.".Contains(c, StringComparison.Ordinal);
}
