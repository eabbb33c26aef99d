using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Consents;

/// <summary>Answers of people as they are kept, for the uses of this room and its door.</summary>
internal sealed class RecordedConsents(AppDb db, ITimeline timeline, IEvents events)
{
    public const int MaxComment = 500;

    private static readonly ConsentChannel[] Automatic = [ConsentChannel.Call, ConsentChannel.Text, ConsentChannel.Email];

    public sealed record Answer(ConsentPurpose Purpose, ConsentChannel Channel, ConsentAnswer Given);

    /// <summary>Without an answer: what a customer must hear may be said, what one would like to tell them may not.</summary>
    public static bool WithoutAnswer(ConsentPurpose purpose) => purpose is ConsentPurpose.Billing or ConsentPurpose.Outages;

    public async Task<bool> May(long personId, ConsentPurpose purpose, ConsentChannel channel, CancellationToken ct) =>
        await db.Set<Consent>().Where(c => db.Set<Person>().Any(p => p.Id == personId && c.PersonId == (p.MergedIntoId ?? p.Id)) && c.Purpose == purpose && c.Channel == channel && c.SupersededAt == null)
            .Select(c => (ConsentAnswer?)c.Answer).SingleOrDefaultAsync(ct) is { } answer ? answer == ConsentAnswer.Given : WithoutAnswer(purpose);

    /// <summary>Keeps the answers that differ from those in force, in the caller's transaction or its own.</summary>
    /// <returns>How many did.</returns>
    public Task<int> Keep(long personId, IReadOnlyCollection<Answer> answers, ConsentSource source, string? comment, CancellationToken ct) =>
        db.InTransaction(async () =>
        {
            await db.Hold("person", [personId], ct);
            personId = await Survivor(personId, ct);
            var inForce = await InForce(personId, ct);
            // One instant: an answer ends when the next one begins.
            var now = db.Now;
            var news = answers.Where(a => inForce.GetValueOrDefault((a.Purpose, a.Channel))?.Answer != a.Given).ToList();
            if (news.Count == 0)
                return 0;
            // Before the new rows: of a purpose and channel one answer at most is in force.
            foreach (var old in news.Select(a => inForce.GetValueOrDefault((a.Purpose, a.Channel))).OfType<Consent>())
                old.Supersede(now);
            await db.SaveChangesAsync(ct);
            foreach (var (purpose, channel, given) in news)
            {
                db.Add(new Consent
                {
                    Id = db.NextId(), PersonId = personId, Purpose = purpose, Channel = channel, Answer = given, Source = source, Comment = comment, SinceAt = now,
                    RecordedBy = db.Actor.Ref,
                });
            }
            Tell(personId, news, source, comment);
            await Changed(personId, ct);
            await db.SaveChangesAsync(ct);
            return news.Count;
        }, ct);

    /// <summary>What a stop ends: marketing on every channel, and whatever goes out by itself.</summary>
    public static bool Stopped(ConsentPurpose purpose, ConsentChannel channel) => !WithoutAnswer(purpose) || Automatic.Contains(channel);

    /// <summary>Marketing on every channel, and whatever goes out by itself: calls, texts and e-mails for any purpose.</summary>
    public Task<int> Stop(long personId, string reason, CancellationToken ct) =>
        Keep(personId,
            [.. from purpose in Enum.GetValues<ConsentPurpose>()
                from channel in Enum.GetValues<ConsentChannel>()
                where Stopped(purpose, channel)
                select new Answer(purpose, channel, ConsentAnswer.Refused)],
            ConsentSource.Stop, reason, ct);

    /// <summary>Takes a stop back: each answer of it ends, and the one that it superseded is given again.</summary>
    public Task<int> Resume(long personId, string reason, CancellationToken ct) =>
        TakeBack(personId, c => c.Source == ConsentSource.Stop, "Messages are sent again as before", reason, ct);

    /// <summary>Takes answers back that are in force: each ends, and the one that it superseded is given again.</summary>
    /// <param name="title">What the person's story says of it.</param>
    public Task<int> TakeBack(long personId, Func<Consent, bool> which, string title, string reason, CancellationToken ct) =>
        db.InTransaction(async () =>
        {
            await db.Hold("person", [personId], ct);
            personId = await Survivor(personId, ct);
            var all = await db.Set<Consent>().Where(c => c.PersonId == personId).OrderByDescending(c => c.SinceAt).ThenByDescending(c => c.Id).ToListAsync(ct);
            var mistaken = all.Where(c => c.SupersededAt is null && which(c)).ToList();
            foreach (var answer in mistaken)
                answer.Supersede(db.Now);
            await db.SaveChangesAsync(ct);
            foreach (var before in mistaken.Select(s => all.Find(c => c.Purpose == s.Purpose && c.Channel == s.Channel && !which(c) && c.SupersededAt == s.SinceAt)).OfType<Consent>())
            {
                db.Add(new Consent
                {
                    Id = db.NextId(), PersonId = personId, Purpose = before.Purpose, Channel = before.Channel, Answer = before.Answer, Source = before.Source, Comment = reason,
                    SinceAt = db.Now, RecordedBy = db.Actor.Ref,
                });
            }
            if (mistaken.Count > 0)
            {
                timeline.Tell(new RecordRef("consent", db.NextId()), "person", db.Now, title, reason, false, personId, null, null);
                await Changed(personId, ct);
            }
            await db.SaveChangesAsync(ct);
            return mistaken.Count;
        }, ct);

    /// <summary>Who was merged answers as the survivor, who is held then, too.</summary>
    private async Task<long> Survivor(long personId, CancellationToken ct)
    {
        var survivor = await db.Set<Person>().Where(p => p.Id == personId).Select(p => p.MergedIntoId ?? p.Id).SingleAsync(ct);
        if (survivor != personId)
            await db.Hold("person", [survivor], ct);
        return survivor;
    }

    public async Task<Problem?> Unknown(long personId, CancellationToken ct) =>
        await db.Set<Person>().AnyAsync(p => p.Id == personId, ct) ? null : Problem.NotFound("The person");

    private Task Changed(long personId, CancellationToken ct) => events.Publish(new PersonChanged(personId, ["consent"]), ct, new RecordRef("person", personId));

    private Task<Dictionary<(ConsentPurpose, ConsentChannel), Consent>> InForce(long personId, CancellationToken ct) =>
        db.Set<Consent>().Where(c => c.PersonId == personId && c.SupersededAt == null).ToDictionaryAsync(c => (c.Purpose, c.Channel), ct);

    private void Tell(long personId, IReadOnlyList<Answer> news, ConsentSource source, string? comment)
    {
        var title = source == ConsentSource.Stop ? "Marketing and automatic messages stopped" : "Consent: " + string.Join("; ",
            news.GroupBy(a => (a.Purpose, a.Given), (what, cells) => $"{ConsentWords.Of(what.Purpose)} {(what.Given == ConsentAnswer.Given ? "yes" : "no")} by {string.Join(", ", cells.Select(c => ConsentWords.Of(c.Channel)))}"));
        timeline.Tell(new RecordRef("consent", db.NextId()), "person", db.Now, title, comment, false, personId, null, null);
    }
}

/// <summary>Purposes and channels as one reads them inside of a sentence.</summary>
internal static class ConsentWords
{
    public static string Of(ConsentPurpose purpose) => purpose switch
    {
        ConsentPurpose.Billing => "billing messages",
        ConsentPurpose.Outages => "outage messages",
        ConsentPurpose.Marketing => "marketing",
        _ => "surveys",
    };

    public static string Of(ConsentChannel channel) => channel == ConsentChannel.Email ? "e-mail" : channel.ToString().ToLowerInvariant();
}
