using Tieline.Platform.Demo;

namespace Tieline.Bench;

/// <summary>What representatives type, drawn from the people who are really there; the same seed gives the same searches.</summary>
internal static class SearchMix
{
    public static IEnumerable<string> Of(DemoWorld world, int count, ulong seed)
    {
        var stream = new DemoStream(seed, "searches");
        for (var i = 0; i < count; i++)
        {
            var random = stream.At(i);
            var index = random.Next(world.Plan.People);
            var person = world.Person(index);
            yield return random.NextDouble() switch
            {
                < 0.30 => NameStreetZip(person, world.Premise(index)),
                < 0.50 => person.DisplayName,
                < 0.65 => DemoNames.Surnames.Pick(ref random).Text,
                < 0.75 => DemoNames.Surnames.Pick(ref random).Plain is { Length: > 3 } name ? name[..3] : "smi",
                < 0.85 => person.Phone.Number[^random.Between(4, 7)..],
                < 0.95 => Mistyped(person, ref random),
                _ => Nobody(ref random),
            };
        }
    }

    private static string NameStreetZip(DemoPerson person, in DemoPremise place) =>
        $"{(person.IsOrganization ? person.OrganizationName.Split(' ')[0] : person.Family)} {place.StreetName} {place.PostalCode}";

    /// <summary>The full name with one letter of the longest word left out, doubled, changed or swapped with its neighbour.</summary>
    private static string Mistyped(DemoPerson person, ref DemoRandom random)
    {
        var words = person.DisplayName.Split(' ');
        var longest = Array.IndexOf(words, words.MaxBy(w => w.Length));
        var word = words[longest];
        if (word.Length < 5)
            return person.DisplayName;
        var at = random.Between(1, word.Length - 2);
        words[longest] = random.Next(4) switch
        {
            0 => word.Remove(at, 1),
            1 => word.Insert(at, word[at].ToString()),
            2 => string.Concat(word.AsSpan(0, at), ((char)('a' + random.Next(26))).ToString(), word.AsSpan(at + 1)),
            _ => string.Concat(word.AsSpan(0, at), word[at + 1].ToString(), word[at].ToString(), word.AsSpan(at + 2)),
        };
        return string.Join(' ', words);
    }

    private static string Nobody(ref DemoRandom random)
    {
        var letters = new char[random.Between(6, 11)];
        for (var i = 0; i < letters.Length; i++)
            letters[i] = "qxzjvkwy"[random.Next(8)];
        return $"{new string(letters)} {random.Between(10_000, 99_999)}";
    }
}
