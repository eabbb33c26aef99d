using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Platform.Import;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Import;

/// <summary>A value of a column, translated.</summary>
/// <param name="Column">Name of the column; null for always <paramref name="Otherwise"/>.</param>
/// <param name="Values">Text of the file to ours; a text that is missing here stays as it is, or becomes <paramref name="Otherwise"/> where that is given.</param>
/// <param name="Otherwise">For blanks and, with <paramref name="Values"/>, for everything they do not name.</param>
internal sealed record MappedValue(string? Column = null, IReadOnlyDictionary<string, string>? Values = null, string? Otherwise = null)
{
    public string Of(ImportRow row)
    {
        var text = Column is null ? "" : row[Column];
        if (Values is not null && text.Length > 0)
            return Values.FirstOrDefault(v => string.Equals(v.Key, text, StringComparison.OrdinalIgnoreCase)).Value ?? Otherwise ?? text;
        return text.Length > 0 ? text : Otherwise ?? "";
    }
}

/// <summary>
/// How the columns of a file become contacts; docs/import.md describes each property. Texts in braces are columns: "{RequestType}, {Owner}".
/// </summary>
/// <param name="Source">Name of the system the file comes from; with <paramref name="Key"/> it makes a row known again.</param>
/// <param name="Key">Column of the row's own key in that system.</param>
/// <param name="TimeZone">IANA name: in which the file's clocks went.</param>
/// <param name="Open">Texts of <paramref name="Status"/> that mean the contact is still open.</param>
/// <param name="Address">One line of the place; blank where the row has none.</param>
/// <param name="Organization">Name of the organisation to which the row belongs; blank for none.</param>
/// <param name="ReminderOn">Column of the day by which an open row should be done; <paramref name="ReminderDays"/> after the beginning where it is blank.</param>
/// <param name="Characteristics">Code of a type's characteristic to its value; those that a row's type does not have are left out.</param>
/// <param name="RejectSecretNumbers">A row with a card or national-id number in a text is rejected; otherwise the number is masked.</param>
internal sealed record ContactMapping(
    string Source, string Key, string TimeZone, MappedValue Class, MappedValue Type, MappedValue Channel, string Occurred,
    string Comment, string? Closed = null, MappedValue? Status = null, IReadOnlyList<string>? Open = null, string? Resolution = null,
    string? Address = null, string? Organization = null, string? ReminderOn = null, int ReminderDays = 7, IReadOnlyList<string>? DateFormats = null,
    IReadOnlyDictionary<string, MappedValue>? Characteristics = null, bool RejectSecretNumbers = false)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
        RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
    };

    private static readonly Dictionary<string, MappedValue> NoValues = [];

    /// <exception cref="InvalidDataException">It is no mapping; says where.</exception>
    public static ContactMapping Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ContactMapping>(json, Json)!;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"the mapping is not right: {exception.Message}", exception);
        }
    }

    /// <returns>A message when the mapping does not fit the file.</returns>
    public string? Check(IReadOnlyList<string>? columns)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            return $"there is no time zone '{TimeZone}' (IANA names, e.g. America/Los_Angeles)";
        if (columns is null)
            return null;
        var named = new[] { Key, Occurred, Closed, ReminderOn, Class.Column, Type.Column, Channel.Column, Status?.Column }.Concat((Characteristics ?? NoValues).Values.Select(v => v.Column)).OfType<string>()
            .Concat(new[] { Comment, Resolution, Address, Organization }.OfType<string>().SelectMany(Names));
        return named.FirstOrDefault(n => !columns.Contains(n, StringComparer.OrdinalIgnoreCase)) is { } missing ? $"the file has no column '{missing}'" : null;
    }

    /// <summary>A row as a contact to be.</summary>
    /// <param name="now">UTC.</param>
    public Outcome<MappedContact> Map(ImportRow row, DateTime now)
    {
        var dates = new ImportDates(DateFormats, TimeZoneInfo.FindSystemTimeZoneById(TimeZone));
        var problems = new Problems();
        var key = problems.Text(Key, Key, row[Key], 100, anyNumber: true);
        var type = problems.Text(Type.Column ?? "type", "Type", Type.Of(row), 100);
        var kind = problems.Text(Class.Column ?? "class", "Class", Class.Of(row), 100);
        if (!dates.TryInstant(row[Occurred], out var occurred))
            problems.Add(Occurred, $"'{row[Occurred]}' in {Occurred} is no date.", "import.date");
        else if (occurred is null)
            problems.Add(Occurred, $"{Occurred} is blank.", "import.date");
        else if (!ContactTime.IsPossible(occurred.Value, now))
            problems.Add(Occurred, $"'{row[Occurred]}' in {Occurred} lies in the future, or too far back.", "import.date");
        DateTime? closed = null;
        if (Closed is not null && !dates.TryInstant(row[Closed], out closed))
            problems.Add(Closed, $"'{row[Closed]}' in {Closed} is no date.", "import.date");
        else if (closed is { } end && !ContactTime.IsPossible(end, now))
            problems.Add(Closed, $"'{row[Closed!]}' in {Closed} lies in the future, or too far back.", "import.date");
        DateOnly? remindOn = null;
        if (ReminderOn is not null && !dates.TryDay(row[ReminderOn], out remindOn))
            problems.Add(ReminderOn, $"'{row[ReminderOn]}' in {ReminderOn} is no date.", "import.date");
        // Other systems keep "never" as a day decades ahead (Boston: 2059): that is theirs to say.
        else if (remindOn is { Year: < 1900 or > 2100 })
            problems.Add(ReminderOn, $"'{row[ReminderOn!]}' in {ReminderOn} lies too far ahead, or too far back.", "import.date");
        if (!Enum.TryParse<Channel>(Channel.Of(row), ignoreCase: true, out var channel) || !Enum.IsDefined(channel))
            problems.Add(Channel.Column, $"The channel '{Channel.Of(row)}' is not known; name it in the mapping.", "import.channel");
        var organization = problems.Text("organization", "Organisation", Fill(Organization, row), 200, required: false);
        var address = problems.Text("address", "Address", Fill(Address, row), 300, required: false);
        if (organization.Length == 0 && address.Trim(',', ' ').Length == 0)
            problems.Add(null, "The row names neither a place nor an organisation.", "import.nobody");
        var comment = problems.Lines("comment", "Comment", Fill(Comment, row), RecordContact.MaxComment);
        var resolution = problems.Lines("resolution", "Resolution", Fill(Resolution, row), RecordContact.MaxComment, required: false);
        var open = Status is null ? closed is null && Closed is not null : (Open ?? ["Open"]).Contains(Status.Of(row), StringComparer.OrdinalIgnoreCase);
        if (problems.Any)
            return problems;
        return new MappedContact(
            row.Line, key, kind, type, channel, occurred!.Value, open ? null : closed ?? occurred, open,
            comment, resolution, organization, address.Trim(',', ' '),
            open ? remindOn ?? DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(occurred.Value, TimeZoneInfo.FindSystemTimeZoneById(TimeZone))).AddDays(ReminderDays) : null,
            (Characteristics ?? NoValues).ToDictionary(c => c.Key, c => c.Value.Of(row), StringComparer.Ordinal));
    }

    private static string Fill(string? template, ImportRow row)
    {
        var text = new StringBuilder();
        var at = 0;
        foreach (var (start, end) in Braces(template ?? ""))
        {
            text.Append(template, at, start - at).Append(row[template![(start + 1)..end]]);
            at = end + 1;
        }
        return text.Append((template ?? "")[at..]).ToString().Trim();
    }

    private static IEnumerable<string> Names(string template) => Braces(template).Select(b => template[(b.Start + 1)..b.End]);

    private static IEnumerable<(int Start, int End)> Braces(string template)
    {
        for (var start = template.IndexOf('{', StringComparison.Ordinal); start >= 0; start = template.IndexOf('{', start + 1))
        {
            if (template.IndexOf('}', start) is var end and > 0)
                yield return (start, end);
        }
    }
}

internal sealed record MappedContact(
    long Line, string Key, string Class, string Type, Channel Channel, DateTime OccurredAt, DateTime? ClosedAt, bool IsOpen,
    string Comment, string Resolution, string Organization, string Address, DateOnly? RemindOn,
    IReadOnlyDictionary<string, string> Characteristics);
