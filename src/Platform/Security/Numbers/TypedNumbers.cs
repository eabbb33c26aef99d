using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Tieline.Platform.Settings;

namespace Tieline.Platform.Security;

/// <summary>
/// What is done about secret numbers in typed text, in the request that runs: <see cref="Uses.Problems"/> asks for every text it reads, so that
/// a new field is covered by being read. Outside of a request nothing is confirmed, and only cards and national ids are looked for.
/// </summary>
public sealed class TypedNumbers
{
    private static readonly AsyncLocal<TypedNumbers?> Current = new();
    private static readonly TypedNumbers Strict = new([], [], masks: false);

    private readonly IReadOnlyList<Regex> others;
    private readonly HashSet<string> confirmed;
    private readonly List<string> said = [];

    private TypedNumbers(IReadOnlyList<Regex> others, IEnumerable<string> confirmed, bool masks) =>
        (this.others, this.confirmed, Masks) = (others, confirmed.ToHashSet(StringComparer.OrdinalIgnoreCase), masks);

    /// <summary>In force where the caller runs.</summary>
    internal static TypedNumbers Here => Current.Value ?? Strict;

    /// <summary>Numbers are masked instead of refused.</summary>
    internal bool Masks { get; }

    internal IReadOnlyList<SecretNumber> Find(string text, bool phone = false) => SecretNumbersInText.Find(text, others, phone);

    /// <summary>Somebody said that what was found in this field is no such number. That is kept with what they save.</summary>
    internal bool Confirms(string field, IReadOnlyList<SecretNumber> found)
    {
        if (!confirmed.Contains(field))
            return false;
        said.Add($"{field}: {string.Join(", ", found.Select(f => f.Shown))}");
        return true;
    }

    /// <summary>What was confirmed and is not kept yet.</summary>
    internal IReadOnlyList<string> Said()
    {
        if (said.Count == 0)
            return [];
        string[] all = [.. said.Distinct(StringComparer.Ordinal)];
        said.Clear();
        return all;
    }

    /// <summary>In force until the calling method, if it is asynchronous, has ended.</summary>
    internal static void Use(IReadOnlyList<Regex> others, IEnumerable<string> confirmed) => Current.Value = new TypedNumbers(others, confirmed, masks: false);

    /// <summary>As <see cref="Use"/>, for work that no request brings: nobody has confirmed anything.</summary>
    public static void Refuse(IReadOnlyList<Regex> others) => Use(others, []);

    /// <summary>Secret numbers are masked until the calling method, which is asynchronous, has ended: for what comes from another system and nobody can be asked about.</summary>
    public static void Mask(IReadOnlyList<Regex> others) => Current.Value = new TypedNumbers(others, [], masks: true);
}

/// <summary>What the utility looks for besides cards and national ids.</summary>
public static class SecretPatterns
{
    private const int Most = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly ConcurrentDictionary<string, Regex[]> Compiled = new(StringComparer.Ordinal);

    public static readonly SettingKey<string> Patterns = new(
        "security.secret_patterns", "-", "Other numbers that are never kept in texts: regular expressions with blanks between them",
        new("Up to 10 regular expressions with blanks between them (a blank inside of one is \\s), without look-around and back references, none of which matches nothing; - for none",
            text => Read(text) is not null));

    /// <summary>As the setting has them now.</summary>
    public static async ValueTask<IReadOnlyList<Regex>> SecretOnes(this ISettings settings, CancellationToken ct) =>
        await settings.Get(Patterns, ct) is { Length: > 1 } text ? Compiled.GetOrAdd(text, t => Read(t) ?? []) : [];

    // Without backtracking, so that no pattern takes longer than its text is long.
    private static Regex[]? Read(string text)
    {
        var patterns = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(p => p != "-").ToArray();
        if (patterns.Length > Most)
            return null;
        try
        {
            var read = Array.ConvertAll(patterns, p => new Regex(p, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience));
            return Array.Exists(read, r => r.IsMatch("")) ? null : read;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
