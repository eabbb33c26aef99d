using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Duplicates;
using Tieline.Customers.Finding;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Settings;

namespace Tieline.Customers.Demo;

/// <summary>Some who were typed twice, as it happens: a letter lost, an initial, the same name and birthday; and some addresses.</summary>
internal sealed class DuplicatesDemo(AppDb db, Ids ids, ISettings settings, CustomerIndex index, DuplicateFinder finder) : IDemoData
{
    private const int MostPeople = 24;
    private const int MostPlaces = 6;

    public int Order => 21;
    public string Name => "duplicates";
    public bool Searches => true;

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        var (people, houses) = (Math.Min(MostPeople, plan.People / 40), Math.Min(MostPlaces, plan.People / 40));
        // A utility of a few has nobody twice.
        if (people == 0)
            return;
        var (firstPerson, firstPremise) = (await settings.Get(DemoKeys.FirstPerson, ct), await settings.Get(DemoKeys.FirstPremise, ct));
        var chosen = Enumerable.Range(1, 2 * people).Select(n => firstPerson + ((long)n * plan.People / ((2 * people) + 1))).ToArray();
        var originals = await db.Set<Person>().AsNoTracking().Where(p => chosen.Contains(p.Id) && p.Kind == PersonKind.Individual).OrderBy(p => p.Id)
            .Include(p => p.Names).Include(p => p.Phones).Include(p => p.Emails).AsSplitQuery().Take(people).ToListAsync(ct);
        var id = ids.Take(originals.Count);
        var copies = new List<Person>();
        foreach (var original in originals)
            copies.Add(await Copy(original, id + copies.Count, copies.Count % 3, ct));
        var streets = Enumerable.Range(1, 4 * houses).Select(n => firstPremise + ((long)n * plan.People / ((4 * houses) + 1))).ToArray();
        var places = await db.Set<Premise>().AsNoTracking().Where(p => streets.Contains(p.Id) && p.Unit == null && p.StreetName!.Length > 5).OrderBy(p => p.Id).Take(houses).ToListAsync(ct);
        var place = ids.Take(places.Count);
        var twice = places.Select((p, n) => new Premise(place + n, p.Kind, p.Parts with { StreetName = Slip(p.StreetName!) })).ToList();
        db.AddRange(copies);
        db.AddRange(twice);
        await db.SaveChangesAsync(ct);
        await index.Rewrite([.. copies.Select(p => p.Id)], [.. twice.Select(p => p.Id)], ct);
        await finder.Look(Math.Min(id, place) - 1, Math.Max(id + copies.Count, place + twice.Count), ct);
        progress.Report($"{copies.Count} people and {twice.Count} premises are on record twice");
    }

    private async Task<Person> Copy(Person original, long id, int how, CancellationToken ct)
    {
        var main = original.Names.Single(n => n.Kind == NameKind.Main);
        var (given, family) = how switch
        {
            0 => (main.Given!, Slip(main.Family!)),
            1 => (main.Given![..1], main.Family!),
            _ => (main.Given!, main.Family!),
        };
        var copy = new Person(id, ReferenceNumber.Format(await db.NextNumber("person", ct), "P"), PersonKind.Individual, new PersonName(db.NextId(), id, NameKind.Main, given, family, $"{given} {family}", null), db.Now);
        copy.Describe(how == 0 ? null : original.BornOn, original.Language, false, false, false, false, PreferredChannel.None);
        if (how < 2 && original.Phones.FirstOrDefault() is { } phone)
            copy.AddPhone(new PersonPhone(db.NextId(), id, phone.Kind, phone.E164, phone.Extension, phone.Typed, true));
        if (how == 1 && original.Emails.FirstOrDefault() is { } email)
            copy.AddEmail(new PersonEmail(db.NextId(), id, email.Address, true));
        return copy;
    }

    /// <summary>One letter is lost.</summary>
    private static string Slip(string word) => word.Length < 4 ? word : word.Remove(word.Length - 2, 1);
}
