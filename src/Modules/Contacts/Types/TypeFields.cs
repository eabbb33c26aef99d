using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Types;

/// <summary>What administrators decide about a type.</summary>
internal record TypeFields
{
    public long? ClassId { get; init; }
    public string? Name { get; init; }
    public string? Shorthand { get; init; }
    public string? DefaultText { get; init; }
    public ContactDirection DefaultDirection { get; init; }
    public LinkRule PersonRule { get; init; } = LinkRule.Optional;
    public LinkRule AccountRule { get; init; } = LinkRule.Optional;
    public LinkRule PremiseRule { get; init; } = LinkRule.Optional;
    public bool StaysOpen { get; init; }
    /// <summary>Danger: needs nothing but a place, and stands before <see cref="DefaultRoleId"/> at once.</summary>
    public bool Emergency { get; init; }
    /// <summary>What is said and asked, one step a line.</summary>
    public string? Script { get; init; }
    public long? DefaultRoleId { get; init; }
    /// <summary>Language (<c>es</c>) to name.</summary>
    public IReadOnlyDictionary<string, string>? Translations { get; init; }
    /// <summary>First day on which it can be recorded; today when null.</summary>
    public DateOnly? FromOn { get; init; }
    /// <summary>Last day on which it can be recorded.</summary>
    public DateOnly? ToOn { get; init; }
    public IReadOnlyList<CharacteristicFields>? Characteristics { get; init; }

    /// <summary>What is decided about a type now. Its characteristics must be read with it.</summary>
    public static TypeFields Of(ContactType type) => new()
    {
        ClassId = type.ClassId, Name = type.Name, Shorthand = type.Shorthand, DefaultText = type.DefaultText, DefaultDirection = type.DefaultDirection,
        PersonRule = type.PersonRule, AccountRule = type.AccountRule, PremiseRule = type.PremiseRule, StaysOpen = type.StaysOpen, Emergency = type.Emergency, Script = type.Script, DefaultRoleId = type.DefaultRoleId,
        Translations = type.Translations is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(type.Translations), FromOn = type.FromOn, ToOn = type.ToOn,
        Characteristics = type.Characteristics.Count == 0 ? null
            : [.. type.Characteristics.OrderBy(c => c.Position).Select(c => new CharacteristicFields(c.Code, c.Label, c.Kind, c.Required, c.Choices))],
    };
}

/// <param name="Choices">For a choice: one for each line.</param>
internal sealed record CharacteristicFields(string? Code, string? Label, CharacteristicKind Kind, bool Required = false, string? Choices = null);

/// <summary>The rules of a type, whether it is added or changed.</summary>
internal sealed class TypeRules(AppDb db, IOrganization organization)
{
    private const int MostCharacteristics = 30;

    /// <param name="existing">Null for a new type.</param>
    /// <returns>Puts the checked values into the type; null when there are problems.</returns>
    public async Task<Action<ContactType>?> Check(TypeFields input, ContactType? existing, DateOnly today, Problems problems, CancellationToken ct)
    {
        var name = problems.Text(nameof(TypeFields.Name), "Name", input.Name, 100);
        var shorthand = problems.Text(nameof(TypeFields.Shorthand), "Shorthand", input.Shorthand, 20, required: false).ToLowerInvariant();
        if (shorthand.Any(char.IsWhiteSpace))
            problems.Add(nameof(TypeFields.Shorthand), "A shorthand is one word.", "contact.type.shorthand");
        var text = problems.Lines(nameof(TypeFields.DefaultText), "Default text", input.DefaultText, 2_000, required: false);
        if (input.ClassId is not { } classId)
            problems.List.Add(Problem.Required(nameof(TypeFields.ClassId), "Class"));
        else if (!await db.Set<ContactClass>().AnyAsync(c => c.Id == classId && ((c.Active && (c.ToOn == null || c.ToOn >= today)) || (existing != null && existing.ClassId == classId)), ct))
            problems.Add(nameof(TypeFields.ClassId), "This class is not there or no longer in use.", "contact.class.unknown");
        var id = existing?.Id ?? 0;
        if (shorthand.Length > 0 && await db.Set<ContactType>().Where(t => t.Shorthand == shorthand && t.Id != id).Select(t => t.Name).FirstOrDefaultAsync(ct) is { } other)
            problems.Add(nameof(TypeFields.Shorthand), $"“{shorthand}” stands for {other} already.", "contact.type.shorthand.taken");
        if (input.PersonRule == LinkRule.NotAllowed && input.PremiseRule == LinkRule.NotAllowed)
            problems.Add(nameof(TypeFields.PremiseRule), "A contact must be able to name a person or a premise: not both may be “not allowed”.", "contact.type.rules");
        if (!Enum.IsDefined(input.PersonRule) || !Enum.IsDefined(input.AccountRule) || !Enum.IsDefined(input.PremiseRule) || !Enum.IsDefined(input.DefaultDirection))
            problems.Add(nameof(TypeFields.PersonRule), "There is no such rule.", "contact.type.rule.unknown");
        if (input.DefaultRoleId is { } role && role != existing?.DefaultRoleId && !(await organization.ToDoRoleCodes(ct)).ContainsKey(role))
            problems.Add(nameof(TypeFields.DefaultRoleId), "There is no such To Do role.", "contact.type.role.unknown");
        var script = problems.Lines(nameof(TypeFields.Script), "Script", input.Script, 4_000, required: false);
        if (input is { Emergency: true, DefaultRoleId: null })
            problems.Add(nameof(TypeFields.DefaultRoleId), "An emergency goes to a role at once: name it.", "contact.type.emergency.role");
        if (input is { Emergency: true, PersonRule: LinkRule.Required } or { Emergency: true, AccountRule: LinkRule.Required })
            problems.Add(nameof(TypeFields.PersonRule), "An emergency needs nothing but a place: person and account may not be required.", "contact.type.emergency.person");
        if (input is { Emergency: true, PremiseRule: LinkRule.NotAllowed })
            problems.Add(nameof(TypeFields.PremiseRule), "An emergency needs a place: the premise may not be forbidden.", "contact.type.emergency.premise");
        var from = input.FromOn ?? existing?.FromOn ?? today;
        if (input.ToOn < from)
            problems.Add(nameof(TypeFields.ToOn), "The last day lies before the first.", "contact.type.days");
        var translations = Translations(input.Translations, problems);
        var characteristics = Characteristics(input.Characteristics ?? [], existing, problems);
        if (problems.Any)
            return null;
        return type =>
        {
            (type.ClassId, type.Name, type.Shorthand, type.DefaultText) = (input.ClassId!.Value, name, shorthand.Length > 0 ? shorthand : null, text.Length > 0 ? text : null);
            (type.DefaultDirection, type.StaysOpen, type.DefaultRoleId, type.Translations) = (input.DefaultDirection, input.StaysOpen, input.DefaultRoleId, translations);
            (type.FromOn, type.ToOn, type.Emergency, type.Script) = (from, input.ToOn, input.Emergency, script.Length > 0 ? script : null);
            type.Allow(input.PersonRule, input.AccountRule, input.PremiseRule);
            Apply(type, characteristics);
        };
    }

    private static string? Translations(IReadOnlyDictionary<string, string>? given, Problems problems)
    {
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (language, typed) in given ?? new Dictionary<string, string>())
        {
            var name = problems.Text($"Translations[{language}]", "The name", typed, 100, required: false);
            if (language.Length != 2 || !language.All(char.IsAsciiLetterLower))
                problems.Add($"Translations[{language}]", "A language has two letters, as in es.", "contact.type.language");
            else if (name.Length > 0)
                kept[language] = name;
        }
        return kept.Count == 0 ? null : JsonSerializer.Serialize(kept);
    }

    private static List<CharacteristicFields> Characteristics(IReadOnlyList<CharacteristicFields> given, ContactType? existing, Problems problems)
    {
        if (given.Count > MostCharacteristics)
            problems.Add(nameof(TypeFields.Characteristics), $"At most {MostCharacteristics} values go with a type.", "contact.type.characteristics");
        var all = new List<CharacteristicFields>();
        foreach (var (one, at) in given.Take(MostCharacteristics).Select((c, i) => (c, $"Characteristics[{i}]")))
        {
            if (one is null)
            {
                problems.List.Add(Problem.Required(at, "The value"));
                continue;
            }
            var code = problems.Code($"{at}.Code", "Code", one.Code, 30);
            var label = problems.Text($"{at}.Label", "Label", one.Label, 100);
            var choices = string.Join('\n', problems.Lines($"{at}.Choices", "Choices", one.Choices, 4_000, required: one.Kind == CharacteristicKind.Choice)
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase));
            if (all.Exists(c => c.Code == code))
                problems.Add($"{at}.Code", $"{code} stands here twice.", "contact.type.characteristic.twice");
            if (existing?.Characteristics.FirstOrDefault(c => c.Code == code) is { } before && before.Kind != one.Kind)
                problems.Add($"{at}.Kind", "Its kind cannot change: contacts have such values. Add another code.", "contact.type.characteristic.kind");
            all.Add(new CharacteristicFields(code, label, one.Kind, one.Required, one.Kind == CharacteristicKind.Choice ? choices : null));
        }
        return all;
    }

    private void Apply(ContactType type, List<CharacteristicFields> wanted)
    {
        foreach (var gone in type.Characteristics.Where(c => !wanted.Exists(w => w.Code == c.Code)).ToArray())
            type.Remove(gone);
        foreach (var (one, position) in wanted.Select((w, i) => (w, i)))
        {
            if (type.Characteristics.FirstOrDefault(c => c.Code == one.Code) is { } kept)
            {
                kept.Change(one.Label!, one.Required, one.Choices, position);
                continue;
            }
            var added = new Characteristic(db.NextId(), type.Id, one.Code!, one.Label!, one.Kind, one.Required, one.Choices, position);
            type.Add(added);
            db.Add(added);
        }
    }
}
