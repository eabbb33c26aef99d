using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.FromCustomers;

/// <summary>Somebody waits for supply that could not begin on its day: work for whoever answers customers, until it begins or is cancelled.</summary>
internal sealed class StuckAgreements(AppDb db, IToDos toDos, IOrganization organization, ICustomers customers, IUtilityClock clock) : IHear<AgreementStuck>, IHear<AgreementMoved>
{
    public const string ToDoType = "SA-STUCK";
    private const string Waits = "PendingStart";

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<IToDoMessages, StuckMessages>();
        services.AddScoped<IToDoKind, StuckToDo>();
        services.AddSubscriber<AgreementStuck, StuckAgreements>("todos.agreement_stuck");
        services.AddSubscriber<AgreementMoved, StuckAgreements>("todos.agreement_moved", moved => moved.From == Waits);
    }

    public static async Task Seed(IToDos toDos, IOrganization organization, AppDb db, CancellationToken ct)
    {
        await toDos.EnsureType(ToDoType, "Supply cannot begin", 3, (await organization.FollowUpRole(ct))?.Code, ct);
        await db.SaveChangesAsync(ct);
    }

    public Task Hear(AgreementStuck fact, long eventId, CancellationToken ct) =>
        Alone(fact.AgreementId, async cause =>
        {
            if (!await customers.AwaitsStart(cause, ct))
                return;
            // A start that was long ago may have been before this type.
            await Seed(toDos, organization, db, ct);
            var created = await toDos.Create(new NewToDo(ToDoType, null, await clock.Today(ct), cause, PersonId: fact.PersonId, AccountId: fact.AccountId, PremiseId: fact.PremiseId)
            {
                Parameters = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["service"] = Platform.Ui.Option.InWords(fact.Type), ["day"] = fact.StartOn.ToString("d MMM yyyy", CultureInfo.InvariantCulture), ["because"] = fact.Because,
                },
            }, ct);
            if (!created.Ok)
                throw new Platform.Jobs.PoisonedJobException(created.ToString());
        }, ct);

    public Task Hear(AgreementMoved fact, long eventId, CancellationToken ct) =>
        Alone(fact.AgreementId, cause => toDos.CompleteFor(cause, fact.To == "Active" ? $"Supply began on {fact.On:d MMM yyyy}." : "The agreement was cancelled.", ct), ct);

    /// <summary>The two may be heard at once and in either order: what is heard second knows of the first.</summary>
    private Task Alone(long agreementId, Func<RecordRef, Task> work, CancellationToken ct) =>
        db.InTransaction(
            async () =>
            {
                await db.HoldName("stuck agreement", agreementId, ct);
                await work(new RecordRef("agreement", agreementId));
                await db.SaveChangesAsync(ct);
                return true;
            }, ct);
}

internal sealed class StuckMessages : IToDoMessages
{
    public IReadOnlyList<ToDoMessage> Messages => [new(StuckAgreements.ToDoType, "{service} could not begin on {day}: {because}")];
}

/// <summary>Supply still waits: ticking its To Do off would have it forgotten.</summary>
internal sealed class StuckToDo(ICustomers customers) : IToDoKind
{
    public string TypeCode => StuckAgreements.ToDoType;

    public async Task<Problem?> Completing(RecordRef cause, string? resolution, CancellationToken ct) =>
        await customers.AwaitsStart(cause, ct)
            ? new Problem(null, "The supply has not begun yet. Clear what stands in its way, and the next night begins it; or begin or cancel the agreement: each completes this To Do.", "agreement.awaits_start")
            : null;
}
