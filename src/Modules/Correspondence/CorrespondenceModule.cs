using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Correspondence.Incoming;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Demo;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Tours;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Correspondence;

public sealed class CorrespondenceModule : Module
{
    public override string Name => "Correspondence";

    public override IEnumerable<Permission> Permissions => CorrespondencePermissions.All;

    public override IEnumerable<MenuEntry> Menu => [new("Incoming", "/incoming", "inbox", 320, CorrespondencePermissions.Index, Key: "m")];

    public override IEnumerable<ISettingKey> Settings => [ReadFolder.Folder, Inbox.MostMegabytes];

    public override IEnumerable<string> Sheets => ["_content/Tieline.Correspondence/correspondence.css"];

    public override IEnumerable<string> Scripts => ["_content/Tieline.Correspondence/correspondence.js"];

    public override void Add(IServiceCollection services)
    {
        services.AddReferenceRules(CorrespondenceReferences.Rules);
        services.AddScoped<Inbox>();
        services.AddTourFact("incoming.indexed", (db, who, since, ct) => db.Set<IncomingDocument>().AnyAsync(d => d.IndexedBy == who && d.IndexedAt >= since, ct));
        services.AddScoped<ScanAnswer>();
        services.AddSingleton(new Tieline.Platform.Audit.HistoryRight("incoming_document", CorrespondencePermissions.Index));
        services.AddScoped<Tieline.Platform.Audit.IHistoryWords, DocumentHistoryWords>();
        services.AddSingleton(new Tieline.Platform.Reasons.RecordPage("incoming_document", "incoming document", "/incoming/{0}", CorrespondencePermissions.Index));
        services.AddScoped<Tieline.Platform.Reasons.ITellsWhy, WhyDocument>();
        services.AddJob<ReadFolder.Payload, ReadFolder>(ReadFolder.Kind);
        services.AddSingleton(new Recurring(TimeSpan.FromMinutes(1), (scope, ct) => scope.GetRequiredService<ReadFolder>().Remind(ct)));
        services.AddScoped<IDemoData, Demo.CorrespondenceDemo>();
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        api.MapGetUse<ListIncoming, ListIncoming.Input, Page<DocumentRow>>("/incoming-documents");
        api.MapPostUse<UploadDocuments, UploadDocuments.Input, UploadDocuments.Uploaded>("/incoming-documents", StatusCodes.Status201Created)
            .WithMetadata(new RequestSizeLimitAttribute(UploadDocuments.MostBytesOnTheWire));
        api.MapPostUse<TakeNext, TakeNext.Input, TakeNext.Taken>("/incoming-documents/next");
        api.MapGetUse<GetIncoming, GetIncoming.Input, DocumentRow>("/incoming-documents/{id:long}");
        api.MapGet("/incoming-documents/{id:long}/file", ScanAnswer.Get);
        api.MapUse<IndexDocument, IndexDocument.Input, IndexDocument.Indexed>("POST", "/incoming-documents/{id:long}/index", (input, route) => input with { Id = route.Id() });
        api.MapUse<SetDocumentAside, SetDocumentAside.Input, SetDocumentAside.Aside>("POST", "/incoming-documents/{id:long}/set-aside", (input, route) => input with { Id = route.Id() });
        api.MapUse<ReopenDocument, ReopenDocument.Input, ReopenDocument.Reopened>("POST", "/incoming-documents/{id:long}/reopen", (input, route) => input with { Id = route.Id() });
    }

    public override void MapRoutes(IEndpointRouteBuilder routes) => routes.MapGet("/incoming/{id:long}/file", ScanAnswer.Get).ExcludeFromDescription();
}

internal static class CorrespondencePermissions
{
    public const string Index = "correspondence.index";

    /// <summary>Of the room below.</summary>
    public const string SeeCustomers = "customers.unmasked";

    public static readonly Permission[] All =
    [
        new(Index, "See what came in by post and fax, and make contacts of it", Roles.BackOffice, Roles.Supervisor, Roles.BusinessAdministrator),
    ];
}
