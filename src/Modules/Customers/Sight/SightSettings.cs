using Tieline.Platform.Settings;

namespace Tieline.Customers.Sight;

internal static class SightSettings
{
    private static readonly Dictionary<string, MaskedValues> Words = Enum.GetValues<MaskedValues>().Where(v => v != MaskedValues.Nothing)
        .ToDictionary(v => v.ToString().ToLowerInvariant(), StringComparer.OrdinalIgnoreCase);

    public static readonly SettingKey<string> Masked = new("customers.masked", "phones, emails, born, mailing, identifiers, balance",
        "What is masked of a customer until the caller is verified",
        new($"Some of {string.Join(", ", Words.Keys)}, with commas between them; nothing for none", typed => Read(typed) is not null));

    public static readonly SettingKey<int> GlassMinutes = new("customers.break_glass_minutes", 60,
        "Minutes for which a restricted customer is open to an employee who gave a reason", SettingRules.Between(1, 24 * 60));

    public static readonly SettingKey<int> CallerMinutes = new("customers.caller_minutes", 30,
        "Minutes for which a caller stays verified outside of an interaction", SettingRules.Between(1, 12 * 60));

    public static readonly SettingKey<int> RightAnswers = new("customers.verification_answers", 2,
        "Right answers that verify a caller", SettingRules.Between(1, 10));

    public static readonly SettingKey<int> Tries = new("customers.verification_tries", 3,
        "Failed tries to verify a caller after which a supervisor is told and no more are taken for a while", SettingRules.Between(1, 50));

    public static readonly SettingKey<int> TryMinutes = new("customers.verification_minutes", 30,
        "Minutes within which failed tries to verify a caller count together", SettingRules.Between(1, 24 * 60));

    public static readonly ISettingKey[] All = [Masked, GlassMinutes, CallerMinutes, RightAnswers, Tries, TryMinutes];

    /// <returns>Null when a word is not known.</returns>
    public static MaskedValues? Read(string typed)
    {
        var values = MaskedValues.Nothing;
        foreach (var word in typed.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Words.TryGetValue(word, out var value))
                return null;
            values |= value;
        }
        return values;
    }
}
