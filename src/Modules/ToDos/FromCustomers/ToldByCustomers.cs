using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Time;
using Tieline.ToDos.Entries;

namespace Tieline.ToDos.FromCustomers;

/// <summary>Makes work for supervisors of what they must hear about customers: a restricted record was opened or changed, a caller could not show who they are.</summary>
internal sealed class ToldByCustomers(AppDb db, IToDos toDos, IOrganization organization, IUtilityClock clock)
    : IHear<GlassBroken>, IHear<RestrictedChanged>, IHear<VerificationFailed>, IHear<CallersMayTryAgain>
{
    public const string Role = "SUPERVISORS";
    public const string RestrictedType = "RESTRICTED";
    public const string CallerType = "CALLER";
    private const int MostReason = 300;

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<IToDoMessages, CustomerMessages>();
        services.AddSubscriber<GlassBroken, ToldByCustomers>("todos.glass_broken");
        services.AddSubscriber<RestrictedChanged, ToldByCustomers>("todos.restricted_changed");
        services.AddSubscriber<VerificationFailed, ToldByCustomers>("todos.verification_failed");
        services.AddSubscriber<CallersMayTryAgain, ToldByCustomers>("todos.callers_may_try_again");
    }

    /// <summary>What supervisors work from must be there before the first of it. Supervisors name its members.</summary>
    public static async Task Seed(IToDos toDos, IOrganization organization, AppDb db, CancellationToken ct)
    {
        await organization.EnsureToDoRole(Role, "Supervisors", "Hear of restricted records that were opened, and of callers who failed to show who they are", ct);
        await db.SaveChangesAsync(ct);
        await toDos.EnsureType(RestrictedType, "Restricted record", 3, Role, ct);
        await toDos.EnsureType(CallerType, "Caller not verified", 3, Role, ct);
        await db.SaveChangesAsync(ct);
    }

    public Task Hear(GlassBroken fact, long eventId, CancellationToken ct) =>
        Create(RestrictedType, $"{fact.Employee} opened a restricted record: {Cut(fact.Reason)}", fact.PersonId, new RecordRef("glass_break", fact.GlassBreakId), ct);

    public Task Hear(RestrictedChanged fact, long eventId, CancellationToken ct) =>
        Create(RestrictedType, $"{fact.Employee} changed a restricted record", fact.PersonId, new RecordRef("event", eventId), ct);

    public Task Hear(VerificationFailed fact, long eventId, CancellationToken ct) =>
        Create(CallerType, null, fact.PersonId, new RecordRef("event", eventId), ct,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["tries"] = fact.Tries.ToString(CultureInfo.InvariantCulture), ["employee"] = fact.Employee });

    /// <summary>Decided: the work that asked for it is done.</summary>
    public Task Hear(CallersMayTryAgain fact, long eventId, CancellationToken ct) =>
        db.InTransaction(
            async () =>
            {
                var open = await db.Set<ToDo>().Where(t => t.PersonId == fact.PersonId && t.TypeCode == CallerType && t.CompletedAt == null).Select(t => t.Cause).ToListAsync(ct);
                foreach (var cause in open.OfType<RecordRef>())
                    await toDos.CompleteFor(cause, $"{fact.By} lets the caller try again", ct);
                await db.SaveChangesAsync(ct);
                return true;
            }, ct);

    private Task Create(string type, string? subject, long personId, RecordRef cause, CancellationToken ct, IReadOnlyDictionary<string, string>? parameters = null) =>
        db.InTransaction(
            async () =>
            {
                // A start that was long ago may have been before this type.
                await Seed(toDos, organization, db, ct);
                var created = await toDos.Create(new NewToDo(type, subject, await clock.Today(ct), cause, PersonId: personId) { Parameters = parameters ?? new Dictionary<string, string>() }, ct);
                if (!created.Ok)
                    throw new Platform.Jobs.PoisonedJobException(created.ToString());
                await db.SaveChangesAsync(ct);
                return true;
            }, ct);

    private static string Cut(string reason) => reason.Length <= MostReason ? reason : string.Concat(Platform.Search.SearchText.Cut(reason, MostReason - 1), "…");
}

internal sealed class CustomerMessages : IToDoMessages
{
    public IReadOnlyList<ToDoMessage> Messages => [new(ToldByCustomers.CallerType, "{tries} tries to verify a caller failed, the last with {employee}")];

    public IReadOnlyList<string> Needed => [ToldByCustomers.RestrictedType, ToldByCustomers.CallerType, EstateWork.ToDoType];
}
