using System.Text.Json;
using Tieline.Contacts.Types;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;

namespace Tieline.Contacts.Demo;

/// <summary>The contact classes and types of the demonstration utility as records.</summary>
internal sealed class DemoTypes
{
    private static readonly (string Type, string Code, string Label, CharacteristicKind Kind, string? Choices)[] Values =
    [
        ("ESTIMATE", "READ", "Reading on the meter", CharacteristicKind.Number, null),
        ("REREAD", "READ", "Reading on the meter", CharacteristicKind.Number, null),
        ("START", "START", "Service starts on", CharacteristicKind.Date, null),
        ("STOP", "STOP", "Service stops on", CharacteristicKind.Date, null),
        ("MOVE", "MOVE", "Moves on", CharacteristicKind.Date, null),
        ("PAYARR", "PARTS", "Number of payments", CharacteristicKind.Number, null),
        ("NOPOWER", "NEIGHBOURS", "Are the neighbours out too?", CharacteristicKind.Choice, "Yes\nNo\nNot known"),
        ("STREETLT", "POLE", "Pole number", CharacteristicKind.Text, null),
        ("WTRTASTE", "WHAT", "What is wrong", CharacteristicKind.Choice, "Taste\nSmell\nColour"),
        ("SOLAR", "KW", "Size in kW", CharacteristicKind.Number, null),
        ("LIFESUP", "CERTIFIED", "Certificate signed", CharacteristicKind.YesNo, null),
    ];

    public List<ContactClass> Classes { get; } = [];
    public List<ContactType> Types { get; } = [];
    public Dictionary<string, ContactType> ByCode { get; } = new(StringComparer.Ordinal);

    public DemoTypes(Func<long> nextId, DateOnly since, IReadOnlyDictionary<string, ToDoRoleLine> roles)
    {
        foreach (var given in DemoContactTypes.Classes)
            Classes.Add(new ContactClass(nextId(), given.Code, given.Name));
        foreach (var given in DemoContactTypes.Types)
        {
            var type = new ContactType
            {
                Id = nextId(), ClassId = Classes.Find(c => c.Code == given.Class)!.Id, Code = given.Code, Name = given.Description, Shorthand = given.Shorthand,
                DefaultText = given.DefaultText.Length > 0 ? given.DefaultText : null,
                DefaultDirection = given.Outbound ? ContactDirection.Outbound : ContactDirection.Inbound, StaysOpen = given.StaysOpen,
                DefaultRoleId = roles.GetValueOrDefault(given.ToDoRole)?.Id, FromOn = since,
                Translations = JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["es"] = given.SpanishDescription }),
            };
            if (!type.Allow(Rule(given.Person), Rule(given.Account), Rule(given.Premise)))
                throw new InvalidDataException($"Contacts of the type {given.Code} could name nothing.");
            foreach (var (v, i) in Values.Where(v => v.Type == given.Code).Select((v, i) => (v, i)))
                type.Add(new Characteristic(nextId(), type.Id, v.Code, v.Label, v.Kind, required: false, v.Choices, i + 1));
            Types.Add(type);
            ByCode.Add(type.Code, type);
        }
    }

    /// <summary>Values that go with the contact, for half of those whose type knows any.</summary>
    public static string? Characteristics(ContactType type, DemoContact contact, ref DemoRandom random)
    {
        if (type.Characteristics.Count == 0 || random.Chance(0.5))
            return null;
        var of = type.Characteristics[0];
        var value = of.Kind switch
        {
            CharacteristicKind.Date => $"{DateOnly.FromDateTime(contact.LocalAt).AddDays(random.Between(1, 25)):yyyy-MM-dd}",
            CharacteristicKind.YesNo => random.Chance(0.7) ? "true" : "false",
            CharacteristicKind.Choice => random.Pick(of.Choices!.Split('\n')),
            CharacteristicKind.Number => of.Code switch { "PARTS" => $"{random.Between(2, 6)}", "KW" => $"{random.Between(3, 12)}", _ => $"{random.Between(10_000, 99_999)}" },
            _ => $"P{random.Between(10_000, 99_999)}",
        };
        return JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { [of.Code] = value });
    }

    private static LinkRule Rule(DemoRule rule) => rule switch
    {
        DemoRule.Required => LinkRule.Required,
        DemoRule.NotAllowed => LinkRule.NotAllowed,
        _ => LinkRule.Optional,
    };
}
