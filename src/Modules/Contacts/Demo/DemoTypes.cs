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

    /// <summary>What is danger, who goes there, and what is said first.</summary>
    private static readonly Dictionary<string, (string Role, string Script)> Emergencies = new(StringComparer.Ordinal)
    {
        ["GASSMELL"] = ("GAS-SAFETY",
            "Is everybody out of the building? Leave now, and leave the door open.\nTouch no light switch, no phone inside, no flame.\nGo across the street and wait there for our crew.\nDo you hear hissing, or does anybody feel ill? Then call 911 too."),
        ["WIREDOWN"] = ("DISPATCH",
            "Stay away: at least ten metres, two car lengths. Keep others away.\nIs anybody hurt, or in a car that the wire touches? They stay inside. Call 911.\nTouch nothing that the wire touches: no fence, no puddle.\nDoes it spark, burn, or lie across a road?"),
        ["MAINBREAK"] = ("DISPATCH",
            "Is anybody in danger: in a cellar, in a car? Call 911.\nStay off the wet road: the ground below may be gone.\nDoes water run into a building, or near wires?\nHow much is it: a trickle, a stream, a street full?"),
    };

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
            if (Emergencies.TryGetValue(type.Code, out var danger))
                (type.Emergency, type.Script, type.DefaultRoleId) = (true, danger.Script, roles.GetValueOrDefault(danger.Role)?.Id);
            if (!type.Allow(Rule(given.Person), Rule(given.Account), Rule(given.Premise)))
                throw new InvalidDataException($"Contacts of the type {given.Code} could name nothing.");
            foreach (var (v, i) in Values.Where(v => v.Type == given.Code).Select((v, i) => (v, i)))
                type.Add(new Characteristic(nextId(), type.Id, v.Code, v.Label, v.Kind, required: false, v.Choices, i + 1));
            Types.Add(type);
            ByCode.Add(type.Code, type);
        }
        Types.Add(MainBreak(nextId(), Classes.Find(c => c.Code == "WATER")!, since, roles.GetValueOrDefault("DISPATCH")));
    }

    /// <summary>Nobody has called about it in two years; it is there for the day on which somebody does.</summary>
    private static ContactType MainBreak(long id, ContactClass water, DateOnly since, ToDoRoleLine? role)
    {
        var type = new ContactType
        {
            Id = id, ClassId = water.Id, Code = "MAINBREAK", Name = "Water main break", Shorthand = "mb", FromOn = since, Emergency = true, Script = Emergencies["MAINBREAK"].Script,
            DefaultRoleId = role?.Id, Translations = """{"es":"Rotura de tubería principal"}""",
        };
        type.Allow(LinkRule.Optional, LinkRule.Optional, LinkRule.Optional);
        return type;
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
