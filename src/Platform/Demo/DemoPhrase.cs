using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tieline.Platform.Demo;

/// <summary>What a phrase may mention: the day and how far back it looks, the place and person the contact is about,
/// and the amount and meter read that all its texts share.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DemoMention(DemoWorld World, DateOnly Day, long Subject, int Cents, int Read, int DaysBack = 18);

/// <summary>A text with gaps such as <c>{amount}</c>, cut once and filled many times.</summary>
internal sealed class DemoPhrase
{
    private readonly string[] _parts;

    /// <param name="template">Gaps stand in braces; an unknown gap is refused here, not when it is filled.</param>
    public DemoPhrase(string template)
    {
        // Odd parts are the names of gaps.
        _parts = template.Split('{', '}');
        for (var i = 1; i < _parts.Length; i += 2)
            if (Array.IndexOf(s_gaps, _parts[i]) < 0)
                throw new InvalidDataException($"No gap is called {_parts[i]}: {template}");
    }

    public string Fill(ref DemoRandom random, in DemoMention about)
    {
        if (_parts.Length == 1)
            return _parts[0];
        var text = new DefaultInterpolatedStringHandler(160, 4, CultureInfo.InvariantCulture);
        for (var i = 0; i < _parts.Length; i++)
        {
            if (i % 2 == 0)
                text.AppendLiteral(_parts[i]);
            else
                FillGap(ref text, _parts[i], ref random, about);
        }
        return text.ToStringAndClear();
    }

    private static void FillGap(ref DefaultInterpolatedStringHandler text, string gap, ref DemoRandom random, in DemoMention about)
    {
        switch (gap)
        {
            case "amount": Money(ref text, about.Cents); break;
            case "amount2": Money(ref text, about.Cents * 2 / 5); break;
            case "date": Day(ref text, about.Day.AddDays(-random.Between(0, about.DaysBack))); break;
            case "due": Day(ref text, about.Day.AddDays(random.Between(4, 24))); break;
            case "month": text.AppendLiteral(s_months[(about.Day.Month + 10 - random.Next(2)) % 12]); break;
            case "days": text.AppendFormatted(random.Between(4, 26)); break;
            case "cycle": text.AppendFormatted(random.Between(28, 34)); break;
            case "minutes": text.AppendFormatted(random.Between(3, 9) * 5); break;
            case "count": text.AppendFormatted(random.Between(2, 6)); break;
            case "kwh": text.AppendFormatted(random.Between(780, 2_900)); break;
            case "kwh2": text.AppendFormatted(random.Between(410, 760)); break;
            case "gal": text.AppendFormatted(random.Between(12, 340) * 100); break;
            case "read": text.AppendFormatted(about.Read); break;
            case "read2": text.AppendFormatted(about.Read - (90 * random.Between(1, 5))); break;
            case "wo": text.AppendLiteral("W"); text.AppendFormatted(random.Between(210_000, 989_999)); break;
            case "time":
                text.AppendFormatted(random.Between(1, 12));
                text.AppendLiteral(random.Pick(s_minutes));
                break;
            case "street": text.AppendLiteral(about.World.Places.Premise(about.Subject).Street); break;
            case "other": text.AppendLiteral(about.World.Places.Premise(random.Next(about.World.Plan.People)).Street); break;
            case "town": text.AppendLiteral(random.Pick(DemoPlaces.Cities)); break;
            case "phone": text.AppendLiteral(about.World.People.Person(about.Subject).Phone.Typed); break;
            case "name": text.AppendLiteral(DemoNames.Surnames.Pick(ref random).Text); break;
            case "close": text.AppendLiteral(random.Pick(s_closings)); break;
            default: text.AppendLiteral(random.Pick(s_thanks)); break;
        }
    }

    private static void Money(ref DefaultInterpolatedStringHandler text, int cents)
    {
        text.AppendLiteral("$");
        text.AppendFormatted(cents / 100);
        text.AppendLiteral(".");
        text.AppendFormatted(cents % 100, "00");
    }

    private static void Day(ref DefaultInterpolatedStringHandler text, DateOnly day)
    {
        text.AppendFormatted(day.Month);
        text.AppendLiteral("/");
        text.AppendFormatted(day.Day);
    }

    private static readonly string[] s_gaps =
        ["amount", "amount2", "date", "due", "month", "days", "cycle", "minutes", "count", "kwh", "kwh2", "gal", "read", "read2", "wo", "time", "street", "other", "town", "phone", "name", "close", "thanks"];
    private static readonly string[] s_months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    private static readonly string[] s_minutes = [":05", ":10", ":15", ":20", ":30", ":30", ":40", ":45", ":50", " o'clock"];
    private static readonly string[] s_closings =
        ["Will call back.", "Passed on.", "Best reached after five.", "Please call the mobile.", "Customer is upset, be kind.", "Asked for a letter.", "Told within three working days.", "Prefers e-mail.", "Wants to hear either way.", "Works nights, not before noon.", "Needs an answer this week.", "Sent to the desk."];
    private static readonly string[] s_thanks =
        ["Customer satisfied.", "Thanked us.", "Nothing else.", "Updated the e-mail address too.", "Also asked about e-bill.", "Will look on the web next time.", "Daughter helped on the call.", "OK.", "No further questions.", "Spoke with the spouse."];
}
