using Microsoft.AspNetCore.Http;
using Tieline.Platform.Ui;
using Xunit;

namespace Tieline.Tests.Modules.Platform.Ui;

public sealed class TableQueryTests
{
    [Fact]
    public void Reads_order_size_place_and_filters()
    {
        var query = Of("?sort=-due&size=25&after=c9&status=open&since=2026-03-01&since2=x");
        Assert.Equal(("due", true, 25, "c9"), (query.SortKey, query.Descending, query.Size, query.After));
        Assert.Equal(("open", new DateOnly(2026, 3, 1)), (query.Filter("status"), query.Filter<DateOnly>("since")));
        Assert.Null(query.Filter<DateOnly>("since2"));
        Assert.True(query.Filtered);
    }

    [Theory]
    [InlineData("?size=0", 1)]
    [InlineData("?size=100000", 200)]
    [InlineData("?size=-5", 50)]
    [InlineData("?size=x", 50)]
    public void A_page_is_neither_empty_nor_endless(string query, int size) => Assert.Equal(size, Of(query).Size);

    [Fact]
    public void Sorting_keeps_filters_and_begins_anew()
    {
        Assert.Equal("/people?status=open&sort=-name", Of("?sort=name&after=c&trail=a~b&page=3&status=open").Sorted("name"));
        Assert.Equal("/people?status=a%20%26%20b&sort=due", Of("?sort=name&status=a%20%26%20b").Sorted("due"));
    }

    [Fact]
    public void Cursors_that_only_know_forward_lead_back()
    {
        var first = Of("?status=open");
        Assert.Null(first.Previous);
        var second = Of(Query(first.Next("c2")));
        var third = Of(Query(second.Next("c3")));
        Assert.Equal("c3", third.After);
        var back = Of(Query(third.Previous!));
        Assert.Equal("c2", back.After);
        Assert.Equal("/people?status=open", back.Previous);
    }

    [Fact]
    public void Only_filters_make_a_list_filtered() => Assert.False(Of("?sort=name&page=2&size=10&q=").Filtered);

    private static string Query(string href) => href[href.IndexOf('?', StringComparison.Ordinal)..];

    private static TableQuery Of(string query) => TableQuery.Of(new DefaultHttpContext { Request = { Path = "/people", QueryString = new QueryString(query) } }, sort: "name");
}
