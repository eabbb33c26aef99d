using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tieline.Customers;

namespace Tieline.Contacts.Practice;

/// <summary>From where a story's caller calls: their number on record, another one, or none that is shown.</summary>
internal enum StoryNumber { Own, Other, Withheld }

/// <summary>Whether a story's caller is to be verified: <c>Yes</c>, rightly not (<c>No</c>), or it makes no difference.</summary>
internal enum StoryVerify { Any, Yes, No }

/// <param name="Ask">What the employee asks.</param>
/// <param name="Say">What the caller answers.</param>
internal sealed record StoryQuestion(string Code, string Ask, string Say);

/// <summary>
/// What a simulated caller says, and what a good employee makes of it. Words in braces stand for what the person of the town in whose
/// name the story is told has on record: <c>{name}</c>, <c>{account}</c> ...
/// </summary>
/// <param name="Level">1 easy, 2, 3 difficult.</param>
/// <param name="Lines">What the caller says, one after the other; the first at once.</param>
/// <param name="Answers">By question (<see cref="Asking"/>): what the caller says at the first time, the second ...; the last one stays.</param>
/// <param name="Find">The customer is to be found.</param>
/// <param name="Record">Of each group of contact types one is to be recorded; an empty group is any type.</param>
/// <param name="Promise">A promise so many days ahead; 0 for one of any day, null for none.</param>
/// <param name="Outsider">Somebody who acts for the customer is to be verified as such.</param>
internal sealed record Story(
    string Code, string Title, int Level, IReadOnlyList<string> Lines, IReadOnlyList<string> Hints, IReadOnlyList<IReadOnlyList<string>> Record,
    IReadOnlyList<DemoTrait>? Traits = null, StoryNumber Number = StoryNumber.Own, IReadOnlyDictionary<string, IReadOnlyList<string>>? Answers = null,
    IReadOnlyList<StoryQuestion>? Questions = null, bool Find = false, StoryVerify Verify = StoryVerify.Any, int? Promise = null, bool Relay = false, bool Outsider = false,
    bool Emergency = false)
{
    /// <summary>Whether it is told in the name of somebody of the town.</summary>
    public bool HasCustomer => Find || Number == StoryNumber.Own;

    public StoryQuestion? Question(string code) => Questions?.FirstOrDefault(q => q.Code == code);
}

/// <summary>All stories, in the order in which they are told first.</summary>
internal static class Stories
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() }, UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    public static IReadOnlyList<Story> All { get; } = Read();

    private static readonly FrozenDictionary<string, Story> ByCode = All.ToFrozenDictionary(s => s.Code, StringComparer.OrdinalIgnoreCase);

    public static Story? Find(string? code) => code is null ? null : ByCode.GetValueOrDefault(code);

    private static List<Story> Read()
    {
        using var file = typeof(Stories).Assembly.GetManifestResourceStream("Practice/stories.json")!;
        return JsonSerializer.Deserialize<List<Story>>(file, Format)!;
    }
}

/// <summary>What an employee may ask anybody who calls.</summary>
internal sealed record Asking(string Code, string Button, string Ask)
{
    /// <summary>Not a question: the caller goes on.</summary>
    public const string More = "more";

    public static readonly IReadOnlyList<Asking> All =
    [
        new("name", "Name", "Who am I speaking with, please?"),
        new("account", "Account", "Do you have your account number at hand?"),
        new("address", "Address", "Which address is it about?"),
        new("born", "Date of birth", "To make sure it is you: may I have your date of birth?"),
        new("phone", "Phone", "Which phone number do we have on record for you?"),
        new("email", "E-mail", "And which e-mail address?"),
        new("id", "ID digits", "The last digits of an identifier we have on record?"),
        new("passphrase", "Passphrase", "Do you have a passphrase with us?"),
    ];

    public static Asking? Find(string code) => All.FirstOrDefault(a => a.Code == code);
}

/// <summary>A story in the mouth of one person of the town.</summary>
/// <param name="caller">Null where the story needs nobody of the town.</param>
internal sealed partial class Told(Story story, DemoCaller? caller)
{
    /// <param name="Caller">False: the employee asks.</param>
    public sealed record Line(bool Caller, string Text);

    private const string Done = "That was all. Thank you!";

    /// <summary>All that was said, from the answer on.</summary>
    /// <param name="heard">What the employee asked, in its order (<see cref="Asking"/>, <see cref="StoryQuestion"/>).</param>
    public IReadOnlyList<Line> Said(IReadOnlyList<string> heard)
    {
        List<Line> said = [new(true, Fill(story.Lines[0]))];
        var (next, asked) = (1, new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var code in heard)
        {
            if (code == Asking.More)
            {
                said.Add(new(true, next < story.Lines.Count ? Fill(story.Lines[next]) : Done));
                next++;
                continue;
            }
            var time = asked[code] = asked.GetValueOrDefault(code) + 1;
            if (story.Question(code) is { } own)
                said.AddRange([new(false, own.Ask), new(true, Fill(own.Say))]);
            else if (Asking.Find(code) is { } asking)
                said.AddRange([new(false, time == 1 ? asking.Ask : "Let me ask that once more."), new(true, Answer(code, time))]);
        }
        return said;
    }

    /// <summary>Whether the caller has more to say than was heard.</summary>
    public bool HasMore(IReadOnlyList<string> heard) => heard.Count(h => h == Asking.More) < story.Lines.Count - 1;

    /// <summary>Words that name something the person does not have: a story told so would have holes.</summary>
    public IEnumerable<string> Holes() =>
        story.Lines.Concat(story.Answers?.Values.SelectMany(a => a) ?? []).Concat(story.Questions?.Select(q => q.Say) ?? []).Concat(story.Hints)
            .SelectMany(text => Word().Matches(text).Select(m => m.Groups["word"].Value)).Where(word => Value(word) is null).Distinct(StringComparer.Ordinal);

    private string Answer(string code, int time)
    {
        if (story.Answers?.GetValueOrDefault(code) is { Count: > 0 } answers)
            return Fill(answers[Math.Min(time, answers.Count) - 1]);
        return code switch
        {
            "name" => Fill("{name}."),
            "account" => caller?.Account is null ? "No, I do not have that here." : Fill("Yes, wait. {account}."),
            "address" => caller?.Address is null ? "The place where I live." : Fill("{address}."),
            "born" => caller?.BornOn is null ? "I would rather not say." : Fill("{born}."),
            "phone" => caller?.Phone is null ? "I do not know it by heart." : Fill("That must be {phone}."),
            "email" => caller?.Email is null ? "I never gave you one, I think." : Fill("It is {email}."),
            "id" => caller?.IdDigits is null ? "I do not think you have any of mine." : Fill("They end in {id}."),
            _ => caller?.Passphrase is null ? "A passphrase? No, I never chose one." : Fill("Yes! It is \"{passphrase}\"."),
        };
    }

    private string Fill(string text) => Word().Replace(text, m => Value(m.Groups["word"].Value) ?? "...");

    private string? Value(string word) => word switch
    {
        "name" => caller?.Name,
        "given" => caller?.Given,
        "family" => caller?.Family,
        "born" => Day(caller?.BornOn),
        // As far from the truth as a nervous tongue goes.
        "wrongborn" => Day(caller?.BornOn?.AddDays(47).AddYears(1)),
        "phone" => caller?.Phone,
        "email" => caller?.Email,
        "id" => caller?.IdDigits,
        "passphrase" => caller?.Passphrase,
        "account" => caller?.Account,
        "address" => caller?.Address,
        "authorised" => caller?.Authorised,
        _ => null,
    };

    /// <summary>As it is said, and as it may be typed to verify the caller.</summary>
    private static string? Day(DateOnly? on) => on?.ToString("MMMM d, yyyy", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{(?<word>[a-z]+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Word();
}
