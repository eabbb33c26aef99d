using Tieline.Platform.Uses;

namespace Tieline.Contacts.Types;

/// <summary>Checks what a contact names against what its type requires and forbids.</summary>
internal static class LinkRules
{
    /// <param name="placed">A place is named in words: as good as a premise, where one is required.</param>
    public static IEnumerable<Problem> Check(ContactType type, long? personId, long? accountId, long? premiseId, bool placed = false)
    {
        foreach (var (field, word, rule, given) in new[]
                 {
                     ("PersonId", "person", type.PersonRule, personId), ("AccountId", "account", type.AccountRule, accountId), ("PremiseId", "premise", type.PremiseRule, premiseId),
                 })
        {
            if (rule == LinkRule.Required && given is null && !(placed && word == "premise"))
                yield return new Problem(field, $"Contacts of the type {type.Name} need {Article(word)} {word}.", $"contact.{word}.required");
            if (rule == LinkRule.NotAllowed && given is not null)
                yield return new Problem(field, $"Contacts of the type {type.Name} may not name {Article(word)} {word}.", $"contact.{word}.not_allowed");
        }
    }

    private static string Article(string word) => word == "account" ? "an" : "a";
}
