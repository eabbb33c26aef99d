using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Types;

/// <summary>A type as it is offered where contacts are recorded.</summary>
internal sealed record OfferedType(long Id, string Code, string Name, string Class, string? Shorthand);

/// <summary>Contact types in force today by what is typed: the shorthand itself first, then those that begin with it, then words of name and class in any order.</summary>
internal sealed class FindContactTypes(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<FindContactTypes.Input, IReadOnlyList<OfferedType>>
{
    /// <param name="Q">Nothing typed lists them by class and name.</param>
    /// <param name="Limit">1 to 100; 12 without it.</param>
    public sealed record Input(string? Q = null, int? Limit = null);

    public async Task<Outcome<IReadOnlyList<OfferedType>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        var today = await clock.Today(ct);
        var all = await (from t in db.Set<ContactType>().AsNoTracking()
                         join c in db.Set<ContactClass>().Where(ContactClass.InForce(today)) on t.ClassId equals c.Id
                         where t.FromOn <= today && (t.ToOn == null || t.ToOn >= today)
                         select new OfferedType(t.Id, t.Code, t.Name, c.Name, t.Shorthand)).ToListAsync(ct);
        var typed = TypedText.OneLine(input.Q, 100);
        var words = SearchText.Words(typed);
        var found = all.Select(t => (Type: t, Rank: Rank(t, typed.ToLowerInvariant(), words))).Where(t => t.Rank is not null)
            .OrderBy(t => t.Rank).ThenBy(t => t.Type.Class, StringComparer.Ordinal).ThenBy(t => t.Type.Name, StringComparer.Ordinal)
            .Take(Math.Clamp(input.Limit ?? 12, 1, 100)).Select(t => t.Type).ToList();
        return Outcome<IReadOnlyList<OfferedType>>.Of(found);
    }

    private static int? Rank(OfferedType type, string typed, IReadOnlyList<string> words)
    {
        if (typed.Length == 0)
            return 0;
        if (type.Shorthand == typed || string.Equals(type.Code, typed, StringComparison.OrdinalIgnoreCase))
            return 0;
        if (type.Shorthand?.StartsWith(typed, StringComparison.Ordinal) == true)
            return 1;
        var name = SearchText.Words(type.Name);
        if (words.Count > 0 && words.All(w => name.Any(n => n.StartsWith(w, StringComparison.Ordinal))))
            return 2;
        var wider = name.Concat(SearchText.Words(type.Class)).ToList();
        return words.Count > 0 && words.All(w => wider.Any(n => n.StartsWith(w, StringComparison.Ordinal))) ? 3 : null;
    }
}
