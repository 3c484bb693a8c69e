-- Did a company's shares move on the days on which it was talked about more than usual? Mentions join daily
-- prices by company and day: the exchange's day, which is the reporting time zone of listening.yml.
--
-- Run it from the project's folder in any DuckDB 1.5, on one release and the prices:
--     duckdb -readonly data/stocks/published/current/listenhouse.duckdb -f examples/stocks/prices.sql
-- stock_prices.parquet has symbol, Date and "Adj Close" (as text); put it beside the drop folder or change the path.

with symbols as (

    select * from read_csv('examples/stocks/symbols.csv', header = true)

),

prices as (

    select
        symbol,
        Date as trading_date,
        try_cast("Adj Close" as double) as close, -- some days say 'null'
        lag(try_cast("Adj Close" as double)) over (partition by symbol order by Date) as close_before
    from 'data/stocks/stock_prices.parquet'

),

returns as (

    select symbol, trading_date, close / close_before - 1 as daily_return
    from prices
    where close_before > 0

),

daily as (

    select
        mentions.entity_id,
        mentions.mention_date,
        sum(mentions.mentions) as mentions
    from marts.mart_mentions_daily as mentions
    group by mentions.entity_id, mentions.mention_date

),

joined as (

    select
        daily.entity_id,
        daily.mention_date,
        daily.mentions,
        sentiment.net_sentiment,
        returns.daily_return,
        daily.mentions > 2 * avg(daily.mentions) over (partition by daily.entity_id) as is_busy
    from daily
    inner join symbols on daily.entity_id = symbols.entity_id
    inner join returns on symbols.symbol = returns.symbol and daily.mention_date = returns.trading_date
    left join marts.mart_sentiment_daily as sentiment
        on daily.entity_id = sentiment.entity_id and daily.mention_date = sentiment.mention_date

)

select
    entity_id,
    count(*) as trading_days,
    cast(sum(mentions) as bigint) as mentions,
    count(case when is_busy then 1 end) as busy_days,
    round(100 * avg(case when is_busy then abs(daily_return) end), 3) as busy_move_percent,
    round(100 * avg(case when not is_busy then abs(daily_return) end), 3) as usual_move_percent,
    round(corr(net_sentiment, daily_return), 3) as sentiment_return_correlation
from joined
group by entity_id
having count(*) >= 20
order by mentions desc;
