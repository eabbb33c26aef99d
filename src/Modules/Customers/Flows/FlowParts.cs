using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers.Alerts;
using Tieline.Customers.Flows.Steps;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Reasons;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows;

/// <summary>What the guided flows bring to the room.</summary>
internal static class FlowParts
{
    public static void Add(IServiceCollection services)
    {
        services.AddScoped<FlowDesk>();
        services.AddScoped<FlowOpening>();
        services.AddScoped<TakenBack>();
        services.AddScoped<StoppedMessages>();
        services.AddScoped<BackOfficeTold>();
        foreach (var step in typeof(FlowParts).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IFlowStep))))
            services.AddScoped(typeof(IFlowStep), p => p.GetRequiredService(step));
        services.AddSingleton(new HistoryRight("guided_flow", CustomersPermissions.Read));
        services.AddScoped<IHistoryWords, FlowHistoryWords>();
        services.AddSingleton(new RecordPage("guided_flow", "guided flow", "/flows/{0}", CustomersPermissions.Read));
        services.AddScoped<ITellsWhy, WhyFlow>();
        services.AddScoped(p => IFollowsMerge.Rows<GuidedFlow>(p, "person", 124, f => f.PersonId, "guided flows"));
        foreach (var alert in Alerts)
            services.AddSingleton<IAlert>(alert);
    }

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGetUse<ListFlows, ListFlows.Input, Page<FlowLine>>("/flows");
        api.MapGetUse<GetFlow, GetFlow.Input, FlowView>("/flows/{id:long}");
        api.MapUse<BeginFlow, BeginFlow.Input, FlowBegun>("POST", "/people/{id:long}/flows", (input, route) => input with { PersonId = route.Id() });
        api.MapUse<BeginDeath, BeginDeath.Input, FlowBegun>("POST", "/people/{id:long}/death", (input, route) => input with { PersonId = route.Id() });
        api.MapUse<FinishFlow, FinishFlow.Input, Done>("POST", "/flows/{id:long}/finish", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<UndoFlow, UndoFlow.Input, Done>("POST", "/flows/{id:long}/undo", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<TakeBackFlowStep, TakeBackFlowStep.Input, FlowStepSaved>("POST", "/flows/{id:long}/take-back", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<SkipFlowStep, SkipFlowStep.Input, FlowStepSaved>("POST", "/flows/{id:long}/skip", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<NameExecutor, NameExecutor.Input, FlowStepSaved>("POST", "/flows/{id:long}/executor", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<SendMailElsewhere, SendMailElsewhere.Input, FlowStepSaved>("POST", "/flows/{id:long}/mail", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<StopHere, StopHere.Input, FlowStepSaved>("POST", "/flows/{id:long}/stop", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<StartThere, StartThere.Input, FlowStepSaved>("POST", "/flows/{id:long}/start", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<SeeProof, SeeProof.Input, FlowStepSaved>("POST", "/flows/{id:long}/proof", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<TakeNewName, TakeNewName.Input, FlowStepSaved>("POST", "/flows/{id:long}/name", (input, route) => input with { FlowId = route.Id() });
        api.MapPostUse<BeginNewCustomer, AddPerson.Input, FlowBegun>("/flows/new-customer");
        api.MapUse<OpenNewAccount, OpenNewAccount.Input, FlowStepSaved>("POST", "/flows/{id:long}/account", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<AskConsents, AskConsents.Input, FlowStepSaved>("POST", "/flows/{id:long}/consent", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<AgreePassphrase, AgreePassphrase.Input, FlowStepSaved>("POST", "/flows/{id:long}/passphrase", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<AddCarer, AddCarer.Input, FlowStepSaved>("POST", "/flows/{id:long}/carer", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<NoteLoads, NoteLoads.Input, FlowStepSaved>("POST", "/flows/{id:long}/loads", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<AddSeason, AddSeason.Input, FlowStepSaved>("POST", "/flows/{id:long}/season", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<ReachThere, ReachThere.Input, FlowStepSaved>("POST", "/flows/{id:long}/reach", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<LeaveAccount, LeaveAccount.Input, FlowStepSaved>("POST", "/flows/{id:long}/leave", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<LookAtAuthorisations, LookAtAuthorisations.Input, FlowStepSaved>("POST", "/flows/{id:long}/others", (input, route) => input with { FlowId = route.Id() });
        api.MapUse<SayWhatIsNext, SayWhatIsNext.Input, FlowStepSaved>("POST", "/flows/{id:long}/told", (input, route) => input with { FlowId = route.Id() });
    }

    private const string Counted = """
        (select count(*) from guided_flow_step s where s.flow_id = f.id and s.state <> 'Open') * 1000 + (select count(*) from guided_flow_step s where s.flow_id = f.id)
        """;

    // A death goes before everything: nobody shall ask for somebody who has died.
    private static readonly CustomerAlert[] Alerts =
    [
        new("customers.death", "The customer has died", "heart", Tone.Danger, 90, $"""
            select 'guided_flow' as kind, f.id as id, f.state as a, null as b, {Counted} as number, f.event_on as day
            from guided_flow f where f.person_id = @person and f.kind = 'Death' and f.state <> 'Undone'
            """,
            (row, _) => new($"Has died{(row.Day is { } day ? $" on {day:d MMM yyyy}" : "")}{(row.A == nameof(FlowState.Open) ? $", {Progress(row)}" : "")}", $"/flows/{row.Cause.Id}")),
        new("customers.flow_open", "A guided flow is not finished", "list-check", Tone.Info, 420, $"""
            select 'guided_flow' as kind, f.id as id, f.kind as a, null as b, {Counted} as number, cast(null as date) as day
            from guided_flow f where f.person_id = @person and f.kind <> 'Death' and f.state = 'Open'
            """,
            (row, _) => new($"{FlowPlan.Of(Enum.Parse<FlowKind>(row.A!)).Name}, {Progress(row)}", $"/flows/{row.Cause.Id}")),
    ];

    private static string Progress(AlertRow row) => FlowWords.Progress((int)(row.Number!.Value / 1000), (int)(row.Number.Value % 1000));
}

/// <summary>The history of a flow tells as much as one may see of the person it is about.</summary>
internal sealed class FlowHistoryWords(Platform.Data.AppDb db, Platform.Security.CurrentActor actor, PeopleInSight sight) : IHistoryWords
{
    public string Kind => "guided_flow";

    public async Task<Func<string, string, string>?> For(RecordRef subject, CancellationToken ct)
    {
        if (await db.Set<GuidedFlow>().FindAsync([subject.Id], ct) is not { } flow)
            return null;
        await sight.RequireOpen(flow.PersonId, ct);
        if ((await sight.BesideOwn([flow.PersonId], ct)).Count > 0)
            return (_, _) => Masks.ClosedText;
        var masking = await sight.Masking(flow.PersonId, ct);
        // Whom a step named may be restricted since, also where nothing else is left of it.
        if (!actor.May(CustomersPermissions.Restricted))
            return (property, text) => property.Equals(nameof(GuidedFlowStep.Words), StringComparison.OrdinalIgnoreCase) ? Masks.ClosedText : masking.Text(text);
        return masking.IsOpen ? null : (_, text) => masking.Text(text);
    }
}

/// <summary>Why a flow is there: somebody began it, because somebody told them.</summary>
internal sealed class WhyFlow(Platform.Data.AppDb db, PeopleInSight sight) : ITellsWhy
{
    public string Kind => "guided_flow";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<GuidedFlow>().FindAsync([id], ct) is not { } flow)
            return null;
        if (await sight.Of(flow.PersonId, ct) == SightLevel.Closed)
            return Told.Hidden;
        var masking = await sight.Masking(flow.PersonId, ct);
        var toldBy = flow.ToldBy is null ? null : (await sight.BesideOwn([flow.PersonId], ct)).Count > 0 ? Masks.ClosedText : masking.Text(flow.ToldBy);
        return new Told
        {
            Detail = FlowWords.Title(flow), Verb = "began", By = flow.OpenedBy, At = flow.OpenedAt, Customer = new RecordRef("person", flow.PersonId),
            Remarks = toldBy is null ? [] : [new Remark($"Told by {toldBy}")], Leads = [new Lead("about", new RecordRef("person", flow.PersonId))],
        };
    }
}
