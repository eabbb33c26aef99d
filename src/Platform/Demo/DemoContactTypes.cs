namespace Tieline.Platform.Demo;

public enum DemoRule { Optional, Required, NotAllowed }

public sealed record DemoContactClass(string Code, string Name, string SpanishName);

/// <summary>A kind of contact; <c>Season</c> says when it happens most, <c>ToDoRole</c> is a code of <see cref="DemoEmployees.ToDoRoles"/> or empty.</summary>
public sealed record DemoContactType(
    string Class, string Code, string Shorthand, string Description, string SpanishDescription, string DefaultText,
    bool Outbound, bool StaysOpen, double Weight, DemoRule Person, DemoRule Account, DemoRule Premise, string Season, string ToDoRole)
{
    internal DemoPhrase[] First { get; init; } = [];
    internal DemoPhrase[] Spanish { get; init; } = [];
    internal DemoPhrase[] Later { get; init; } = [];
    internal DemoPhrase[] Promises { get; init; } = [];
}

/// <summary>The contact classes and types of the demonstration utility.</summary>
public static class DemoContactTypes
{
    public static IReadOnlyList<DemoContactClass> Classes { get; }

    public static IReadOnlyList<DemoContactType> Types { get; }

    static DemoContactTypes()
    {
        List<DemoContactClass> classes = [];
        List<Draft> drafts = [];
        foreach (var line in DemoText.Lines("contacts.txt"))
        {
            if (line.StartsWith("class ", StringComparison.Ordinal))
            {
                var parts = line[6..].Split('|');
                classes.Add(new DemoContactClass(parts[0], parts[1], parts[2]));
                continue;
            }
            if (line.StartsWith("type ", StringComparison.Ordinal))
            {
                drafts.Add(new Draft(classes[^1].Code, line[5..].Split('|')));
                continue;
            }
            var text = line[2..];
            switch (line[0])
            {
                case '=':
                    drafts[^1].DefaultText = text;
                    break;
                case '-':
                    drafts[^1].First.Add(new DemoPhrase(text));
                    break;
                case '*':
                    drafts[^1].Spanish.Add(new DemoPhrase(text));
                    break;
                case '+':
                    drafts[^1].Later.Add(new DemoPhrase(text));
                    break;
                case '!':
                    drafts[^1].Promises.Add(new DemoPhrase(text));
                    break;
                default:
                    throw new InvalidDataException($"contacts.txt: a line starts with '{line[0]}'.");
            }
        }
        Classes = classes;
        Types = [.. drafts.Select(d => d.Finish())];
    }

    private sealed class Draft(string owner, string[] parts)
    {
        public string DefaultText { get; set; } = "";
        public List<DemoPhrase> First { get; } = [];
        public List<DemoPhrase> Spanish { get; } = [];
        public List<DemoPhrase> Later { get; } = [];
        public List<DemoPhrase> Promises { get; } = [];

        public DemoContactType Finish() => new(
            owner, parts[0], parts[1], parts[2], parts[3], DefaultText,
            parts[4] == "outbound", parts[5] == "open", int.Parse(parts[6]),
            Rule(parts[7][0]), Rule(parts[7][1]), Rule(parts[7][2]), parts[8], parts[9])
        {
            First = [.. First],
            Spanish = [.. Spanish],
            Later = [.. Later],
            Promises = [.. Promises],
        };

        private static DemoRule Rule(char letter) => letter switch
        {
            'r' => DemoRule.Required,
            'o' => DemoRule.Optional,
            'n' => DemoRule.NotAllowed,
            _ => throw new InvalidDataException($"contacts.txt: no rule is written '{letter}'."),
        };
    }
}
