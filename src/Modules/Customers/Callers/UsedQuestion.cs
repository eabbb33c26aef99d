using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;

namespace Tieline.Customers.Callers;

/// <summary>Nothing refers to a question; that it is asked, and convinces, stands where callers were verified.</summary>
internal sealed class UsedQuestion(AppDb db) : IUsedBy
{
    private const int Days = 30;

    public string Kind => "verification_question";

    public async Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct)
    {
        if (await db.Set<VerificationQuestion>().AsNoTracking().SingleOrDefaultAsync(q => q.Id == id, ct) is not { } question)
            return [];
        var (since, words, code) = (db.Now.AddDays(-Days), question.Text.ToLowerInvariant(), $" {question.Code} ");
        return
        [
            new($"callers verified in {Days} days", await db.Set<Caller>().Where(c => c.At >= since && c.Way == CallerWay.Questions && c.Shown.Contains(words)).Take(UsedByLine.Most + 1).CountAsync(ct), One: $"caller verified in {Days} days"),
            new($"failed tries in {Days} days", await db.Set<CallerTry>().Where(t => t.At >= since && !t.Convinced && t.Way == CallerWay.Questions && (" " + t.Asked + " ").Contains(code)).Take(UsedByLine.Most + 1).CountAsync(ct), One: $"failed try in {Days} days"),
        ];
    }
}
