-- Names and numbers are compared by keys, and no day lies where the program cannot read it.

-- A text with characters of other widths as the usual ones, composed: `wide` of the program's room `name`.
create function usual_width(text text) returns text language sql immutable parallel safe
return replace(replace(replace(replace(replace(replace(replace(
    translate(normalize(text, NFC),
        U&'\FF01\FF02\FF03\FF04\FF05\FF06\FF07\FF08\FF09\FF0A\FF0B\FF0C\FF0D\FF0E\FF0F\FF10\FF11\FF12\FF13\FF14'
        '\FF15\FF16\FF17\FF18\FF19\FF1A\FF1B\FF1C\FF1D\FF1E\FF1F\FF20\FF21\FF22\FF23\FF24\FF25\FF26\FF27\FF28'
        '\FF29\FF2A\FF2B\FF2C\FF2D\FF2E\FF2F\FF30\FF31\FF32\FF33\FF34\FF35\FF36\FF37\FF38\FF39\FF3A\FF3B\FF3C'
        '\FF3D\FF3E\FF3F\FF40\FF41\FF42\FF43\FF44\FF45\FF46\FF47\FF48\FF49\FF4A\FF4B\FF4C\FF4D\FF4E\FF4F\FF50'
        '\FF51\FF52\FF53\FF54\FF55\FF56\FF57\FF58\FF59\FF5A\FF5B\FF5C\FF5D\FF5E\FF5F\FF60\FF61\FF62\FF63\FF64'
        '\FF65\FF66\FF67\FF68\FF69\FF6A\FF6B\FF6C\FF6D\FF6E\FF6F\FF70\FF71\FF72\FF73\FF74\FF75\FF76\FF77\FF78'
        '\FF79\FF7A\FF7B\FF7C\FF7D\FF7E\FF7F\FF80\FF81\FF82\FF83\FF84\FF85\FF86\FF87\FF88\FF89\FF8A\FF8B\FF8C'
        '\FF8D\FF8E\FF8F\FF90\FF91\FF92\FF93\FF94\FF95\FF96\FF97\FF98\FF99\FF9A\FF9B\FF9C\FF9D\FF9E\FF9F\FFA0'
        '\FFA1\FFA2\FFA3\FFA4\FFA5\FFA6\FFA7\FFA8\FFA9\FFAA\FFAB\FFAC\FFAD\FFAE\FFAF\FFB0\FFB1\FFB2\FFB3\FFB4'
        '\FFB5\FFB6\FFB7\FFB8\FFB9\FFBA\FFBB\FFBC\FFBD\FFBE\FFC2\FFC3\FFC4\FFC5\FFC6\FFC7\FFCA\FFCB\FFCC\FFCD'
        '\FFCE\FFCF\FFD2\FFD3\FFD4\FFD5\FFD6\FFD7\FFDA\FFDB\FFDC\FE50\FE51\FE52\FE54\FE55\FE56\FE57\FE58\FE59'
        '\FE5A\FE5B\FE5C\FE5D\FE5E\FE5F\FE60\FE61\FE62\FE63\FE64\FE65\FE66\FE68\FE69\FE6A\FE6B',
        U&'!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~'
        '\2985\2986\3002\300C\300D\3001\30FB\30F2\30A1\30A3\30A5\30A7\30A9\30E3\30E5\30E7\30C3\30FC\30A2\30A4'
        '\30A6\30A8\30AA\30AB\30AD\30AF\30B1\30B3\30B5\30B7\30B9\30BB\30BD\30BF\30C1\30C4\30C6\30C8\30CA\30CB'
        '\30CC\30CD\30CE\30CF\30D2\30D5\30D8\30DB\30DE\30DF\30E0\30E1\30E2\30E4\30E6\30E8\30E9\30EA\30EB\30EC'
        '\30ED\30EF\30F3\3099\309A\1160\1100\1101\11AA\1102\11AC\11AD\1103\1104\1105\11B0\11B1\11B2\11B3\11B4'
        '\11B5\111A\1106\1107\1108\1121\1109\110A\110B\110C\110D\110E\110F\1110\1111\1112\1161\1162\1163\1164'
        '\1165\1166\1167\1168\1169\116A\116B\116C\116D\116E\116F\1170\1171\1172\1173\1174\1175,\3001.;:?!'
        '\2014(){}\3014\3015#&*+-<>=\\$%@'),
    U&'\FB03', 'ffi'), U&'\FB04', 'ffl'), U&'\FB00', 'ff'), U&'\FB01', 'fi'), U&'\FB02', 'fl'), U&'\FB05', 'st'),
    U&'\FB06', 'st');

-- The key of a name in its usual width. It calls no function of ours: a dump is restored without a search path, and what
-- stands in a body like this one is looked up when it is called. The bodies after `return` are bound when they are made.
create function folded_name(name text) returns text language plpgsql immutable strict parallel safe as $$
declare
    key text;
begin
    -- Radicals as the characters that they look like.
    key := translate(normalize(name, NFC),
        U&'\2F00\2F01\2F02\2F03\2F04\2F05\2F06\2F07\2F08\2F09\2F0A\2F0B\2F0C\2F0D\2F0E\2F0F\2F10\2F11\2F12\2F13'
        '\2F14\2F15\2F16\2F17\2F18\2F19\2F1A\2F1B\2F1C\2F1D\2F1E\2F1F\2F20\2F21\2F22\2F23\2F24\2F25\2F26\2F27'
        '\2F28\2F29\2F2A\2F2B\2F2C\2F2D\2F2E\2F2F\2F30\2F31\2F32\2F33\2F34\2F35\2F36\2F37\2F38\2F39\2F3A\2F3B'
        '\2F3C\2F3D\2F3E\2F3F\2F40\2F41\2F42\2F43\2F44\2F45\2F46\2F47\2F48\2F49\2F4A\2F4B\2F4C\2F4D\2F4E\2F4F'
        '\2F50\2F51\2F52\2F53\2F54\2F55\2F56\2F57\2F58\2F59\2F5A\2F5B\2F5C\2F5D\2F5E\2F5F\2F60\2F61\2F62\2F63'
        '\2F64\2F65\2F66\2F67\2F68\2F69\2F6A\2F6B\2F6C\2F6D\2F6E\2F6F\2F70\2F71\2F72\2F73\2F74\2F75\2F76\2F77'
        '\2F78\2F79\2F7A\2F7B\2F7C\2F7D\2F7E\2F7F\2F80\2F81\2F82\2F83\2F84\2F85\2F86\2F87\2F88\2F89\2F8A\2F8B'
        '\2F8C\2F8D\2F8E\2F8F\2F90\2F91\2F92\2F93\2F94\2F95\2F96\2F97\2F98\2F99\2F9A\2F9B\2F9C\2F9D\2F9E\2F9F'
        '\2FA0\2FA1\2FA2\2FA3\2FA4\2FA5\2FA6\2FA7\2FA8\2FA9\2FAA\2FAB\2FAC\2FAD\2FAE\2FAF\2FB0\2FB1\2FB2\2FB3'
        '\2FB4\2FB5\2FB6\2FB7\2FB8\2FB9\2FBA\2FBB\2FBC\2FBD\2FBE\2FBF\2FC0\2FC1\2FC2\2FC3\2FC4\2FC5\2FC6\2FC7'
        '\2FC8\2FC9\2FCA\2FCB\2FCC\2FCD\2FCE\2FCF\2FD0\2FD1\2FD2\2FD3\2FD4\2FD5\2E81\2E82\2E83\2E84\2E85\2E86'
        '\2E87\2E88\2E89\2E8A\2E8B\2E8C\2E8D\2E8E\2E8F\2E90\2E91\2E92\2E93\2E94\2E95\2E96\2E97\2E98\2E99\2E9A'
        '\2E9B\2E9C\2E9D\2E9E\2E9F\2EA0\2EA1\2EA2\2EA3\2EA4\2EA5\2EA6\2EA7\2EA8\2EA9\2EAA\2EAB\2EAC\2EAD\2EAE'
        '\2EAF\2EB0\2EB1\2EB2\2EB3\2EB4\2EB5\2EB6\2EB7\2EB8\2EB9\2EBA\2EBB\2EBC\2EBD\2EBE\2EBF\2EC0\2EC1\2EC2'
        '\2EC3\2EC4\2EC5\2EC6\2EC7\2EC8\2EC9\2ECA\2ECB\2ECC\2ECD\2ECE\2ECF\2ED0\2ED1\2ED2\2ED3\2ED4\2ED5\2ED6'
        '\2ED7\2ED8\2ED9\2EDA\2EDB\2EDC\2EDD\2EDE\2EDF\2EE0\2EE1\2EE2\2EE3\2EE4\2EE5\2EE6\2EE7\2EE8\2EE9\2EEA'
        '\2EEB\2EEC\2EED\2EEE\2EEF\2EF0\2EF1\2EF2\2EF3',
        U&'\4E00\4E28\4E36\4E3F\4E59\4E85\4E8C\4EA0\4EBA\513F\5165\516B\5182\5196\51AB\51E0\51F5\5200\529B\52F9'
        '\5315\531A\5338\5341\535C\5369\5382\53B6\53C8\53E3\56D7\571F\58EB\5902\590A\5915\5927\5973\5B50\5B80'
        '\5BF8\5C0F\5C22\5C38\5C6E\5C71\5DDB\5DE5\5DF1\5DFE\5E72\5E7A\5E7F\5EF4\5EFE\5F0B\5F13\5F50\5F61\5F73'
        '\5FC3\6208\6236\624B\652F\6534\6587\6597\65A4\65B9\65E0\65E5\66F0\6708\6728\6B20\6B62\6B79\6BB3\6BCB'
        '\6BD4\6BDB\6C0F\6C14\6C34\706B\722A\7236\723B\723F\7247\7259\725B\72AC\7384\7389\74DC\74E6\7518\751F'
        '\7528\7530\758B\7592\7676\767D\76AE\76BF\76EE\77DB\77E2\77F3\793A\79B8\79BE\7A74\7ACB\7AF9\7C73\7CF8'
        '\7F36\7F51\7F8A\7FBD\8001\800C\8012\8033\807F\8089\81E3\81EA\81F3\81FC\820C\821B\821F\826E\8272\8278'
        '\864D\866B\8840\884C\8863\897E\898B\89D2\8A00\8C37\8C46\8C55\8C78\8C9D\8D64\8D70\8DB3\8EAB\8ECA\8F9B'
        '\8FB0\8FB5\9091\9149\91C6\91CC\91D1\9577\9580\961C\96B6\96B9\96E8\9751\975E\9762\9769\97CB\97ED\97F3'
        '\9801\98A8\98DB\98DF\9996\9999\99AC\9AA8\9AD8\9ADF\9B25\9B2F\9B32\9B3C\9B5A\9CE5\9E75\9E7F\9EA5\9EBB'
        '\9EC3\9ECD\9ED1\9EF9\9EFD\9F0E\9F13\9F20\9F3B\9F4A\9F52\9F8D\9F9C\9FA0\5382\4E5B\4E5A\4E59\4EBB\5182'
        '\+020628\5200\5202\535C\353E\5C0F\5C0F\5140\5C23\5C22\+021BC2\5DF3\5E7A\5F51\5F50\5FC4\5FC3\624C'
        '\6535\2E80\65E1\65E5\6708\6B7A\6BCD\6C11\6C35\6C3A\706C\722B\722B\4E2C\725B\72AD\738B\+024D14\76EE'
        '\793A\793B\+025AD7\7CF9\7E9F\7F53\7F52\34C1\5197\+02626B\7F8A\+02634C\+02634B\8002\8080\807F\8089'
        '\+026951\8279\8279\8279\864E\8864\8980\897F\89C1\89D2\+0278B2\8BA0\8D1D\+027FB7\8F66\8FB6\8FB6\8FB6'
        '\9091\9485\9577\9578\957F\95E8\+028E0F\961D\96E8\9752\97E6\9875\98CE\98DE\98DF\+02967F\98E0\9963'
        '\+029810\9A6C\9AA8\9B3C\9C7C\9E1F\5364\9EA6\9EC4\9EFE\6589\9F50\6B6F\9F7F\7ADC\9F99\9F9C\4E80\9F9F');
    key := normalize(key, NFC);
    key := regexp_replace(key,
        '[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g');
    -- What cannot be seen.
    key := regexp_replace(key,
        '[\u0001-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u034f\u061c\u115f\'
        'u1160\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]+',
        '', 'g');
    -- What parts nothing, at the beginning; an accent belongs to the letter before it, whatever stands between them.
    key := regexp_replace(key,
        '^[ .\u00b7\u0387\u16eb\u1427\u2022\u2024\u2027\u2219\u22c5\u2981\u2e31\u2e33\u30fb\u318d\ua78f\uff65]+', '');
    while key ~ ('[ .\u00b7\u0387\u16eb\u1427\u2022\u2024\u2027\u2219\u22c5\u2981\u2e31\u2e33\u30fb\u318d\ua78f\uff65]'
                 '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]') loop
        key := regexp_replace(key,
            '([ .\u00b7\u0387\u16eb\u1427\u2022\u2024\u2027\u2219\u22c5\u2981\u2e31\u2e33\u30fb\u318d\ua78f\uff65]+)'
            '([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]+)',
            '\2\1', 'g');
    end loop;
    -- Dots with the blanks beside them.
    key := regexp_replace(key,
        '[ .]*[\u00b7\u0387\u16eb\u1427\u2022\u2024\u2027\u2219\u22c5\u2981\u2e31\u2e33\u30fb\u318d\ua78f\uff65]'
        '[ .\u00b7\u0387\u16eb\u1427\u2022\u2024\u2027\u2219\u22c5\u2981\u2e31\u2e33\u30fb\u318d\ua78f\uff65]*',
        '', 'g');
    -- Blanks and full stops beside Han characters.
    key := regexp_replace(key,
        '([\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]'
        '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]*)[ .]+',
        '\1', 'g');
    key := regexp_replace(key,
        '[ .]+(?=[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])', '', 'g');
    key := regexp_replace(key, '\.+', '.', 'g');
    key := regexp_replace(key, ' +', ' ', 'g');
    key := regexp_replace(key, '( \.|\. )[ .]*', '. ', 'g');
    -- Between words a blank stays, marked until the others are gone.
    key := regexp_replace(key,
        '([^ \u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00bf\u2010-\u2bff\u3001-\u303f'
        '\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff'
        '\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]'
        '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]*\.?) '
        '(?=[^ \u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00bf\u2010-\u2bff\u3001-\u303f'
        '\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff'
        '\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f])',
        E'\\1\x01', 'g');
    return normalize(translate(key, E'\x01 ', ' '), NFC);
end $$;

-- What is compared of a name, a department, a college or a class: `key` of the program's room `name`, which says why. A
-- change there is a migration here, and new columns: a test holds the two equal. Most names have nothing to fold.
create function name_key(name text) returns text language sql immutable parallel safe
return case when name ~ '^[0-9A-Za-z()\u4e00-\u9fff\u00b7]*$' then replace(name, U&'\00B7', '')
            else folded_name(usual_width(name)) end;

-- The key of a number in its usual width.
create function folded_number(number text) returns text language plpgsql immutable strict parallel safe as $$
declare
    key text;
begin
    key := regexp_replace(number,
        '[\u0001-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u034f\u061c\u115f\'
        'u1160\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]+',
        '', 'g');
    key := regexp_replace(key, 
        '^[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+'
        '|[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$', '', 'g');
    key := regexp_replace(key, '[\u2010-\u2015\u2212]', '-', 'g');
    return lower(normalize(key, NFC) collate "C");
end $$;

-- What is compared of a number: `number_key` of the program's room `name`.
create function number_key(number text) returns text language sql immutable parallel safe
return case when number ~ '^[0-9A-Za-z_.-]*$' then lower(number collate "C")
            else folded_number(usual_width(number)) end;

-- Old names are shown as new ones are: each dot as U+00B7, a name of two Han characters without padding.
create function plain_name(name text) returns text language sql immutable as $$
    select regexp_replace(
        translate(name, U&'\0387\2022\2024\2027\2219\22C5\30FB\FF65', repeat(U&'\00B7', 8)),
        '^([\u3400-\u4dbf\u4e00-\u9fff])[\u0020\u00a0\u2000-\u200b\u3000]+([\u3400-\u4dbf\u4e00-\u9fff])$', '\1\2')
$$;
update student set name = plain_name(name) where name <> plain_name(name);
update account set name = plain_name(name) where name <> plain_name(name);
drop function plain_name;

-- The keys stand beside what they are of. Where numbers that differ in case or width alone were taken in before, the key
-- is the first one's (whose account is in use, else by the number); the others are found by their exact spelling, until
-- somebody joins the two or corrects a number.
alter table student
    add column name_key text not null generated always as (name_key(name)) stored,
    add column number_key text not null generated always as (number_key(number)) stored,
    add column number_twin boolean not null default false;
alter table account
    add column name_key text not null generated always as (name_key(name)) stored,
    add column number_key text not null generated always as (number_key(number)) stored,
    add column number_twin boolean not null default false;
-- A student's account has the student's number.
update account a set number = s.number from student s
where s.id = a.student_id and s.number <> a.number
      and not exists (select from account x where x.institution_id = a.institution_id and x.number = s.number);
update account a set number_twin = true
from (select id, row_number() over (partition by institution_id, number_key
                                    order by password_hash is null, disabled_at is not null, number) as place
      from account) t
where t.id = a.id and t.place > 1;
update student s set number_twin = true
from (select s.id, row_number() over (partition by s.institution_id, s.number_key
                                      order by a.password_hash is null, a.number_twin, s.left_on is not null, s.number)
                       as place
      from student s left join account a on a.student_id = s.id) t
where t.id = s.id and t.place > 1;
create unique index student_number_once on student (
    institution_id, number_key, (case when number_twin then number else '' end));
create unique index account_number_once on account (
    institution_id, number_key, (case when number_twin then number else '' end));
create index student_number_twin on student (institution_id) where number_twin;
create index student_name_key on student (institution_id, name_key);

-- The person of a number, however it is spelled; where several were taken in, that very spelling's before the first.
create function student_numbered(of_institution uuid, called text) returns uuid language sql stable as $$
    select id from student where institution_id = of_institution and number_key = number_key(called)
    order by number = called desc, number_twin limit 1
$$;
create function account_numbered(of_institution uuid, called text) returns uuid language sql stable as $$
    select id from account where institution_id = of_institution and number_key = number_key(called)
    order by number = called desc, number_twin limit 1
$$;

alter table college add column name_key text not null generated always as (name_key(name)) stored;
alter table major add column name_key text not null generated always as (name_key(name)) stored;
alter table class add column name_key text not null generated always as (name_key(name)) stored;
alter table organisation add column name_key text not null generated always as (name_key(name)) stored;
alter table department add column name_key text not null generated always as (name_key(name)) stored;
create index class_name_key on class (name_key);

-- The class of that name that has not ended by a day, whatever blanks and width; nothing where there is none, or several.
create or replace function open_class(of_institution uuid, called text, on_day date) returns uuid language sql stable as $$
    select min(k.id::text)::uuid from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
    where c.institution_id = of_institution and k.name_key = name_key(called)
          and (k.ended_on is null or k.ended_on > on_day)
    having count(*) = 1
$$;

-- As before, but for the number's key.
create or replace function handed_over(of_import uuid, of_institution uuid, at timestamptz)
returns table (office_id uuid, account_id uuid, kind text, college_id uuid, class_id uuid, from_day date, until_day date,
               new_day date) language sql stable as $$
    with named as (
        select office_slug(r.cells[3]) as kind, c.id as college_id, k.id as class_id,
               coalesce(min(r.cells[6]::date) filter (where r.state = 'added'), china_day(at)) as new_day
        from import_row r left join college c on c.institution_id = of_institution and c.name = r.cells[4]
             left join class k on k.id = open_class(of_institution, r.cells[5], china_day(at))
        where r.import_id = of_import and r.state <> 'wrong'
        group by 1, 2, 3
    )
    select o.id, o.account_id, o.kind, o.college_id, o.class_id, o.from_day, o.until_day, n.new_day
    from office o join account a on a.id = o.account_id
         join named n on n.kind = o.kind and n.college_id is not distinct from o.college_id
              and n.class_id is not distinct from o.class_id
    where o.institution_id = of_institution and o.ended_at is null
          and not exists (select from import_row r where r.import_id = of_import and number_key(r.cells[1]) = a.number_key)
          and (o.until_day is null or (o.until_day > n.new_day and o.until_day > china_day(at)))
$$;

-- Numbers that people had before they were given another (换学号): they find the person, and nobody gets one again.
create table former_number (
    institution_id uuid not null references institution,
    student_id uuid not null references student,
    number text not null check (length(number) between 1 and 32),
    number_key text not null generated always as (number_key(number)) stored,
    until timestamptz not null,
    primary key (student_id, number)
);
create index former_number_key on former_number (institution_id, number_key);

-- A date cell could bring days that the program cannot read (9999-12-31 is 长期 to clerks): such a term has no end. One
-- that begins beyond 2200 or ended before 1900 was never held.
update office set from_day = greatest(least(from_day, '2200-12-30'), '1900-01-01'), until_day = null,
       ended_at = coalesce(ended_at, granted_at)
where from_day > '2200-12-30' or until_day < '1900-01-02';
update office set until_day = null where until_day > '2200-12-31';
update office set from_day = '1900-01-01' where from_day < '1900-01-01';
alter table office add constraint office_within_reach check (
    from_day between '1900-01-01' and '2200-12-30' and until_day between '1900-01-01' and '2200-12-31');
do $$
declare
    days record;
begin
    -- The rows that are there were bounded by their forms; no new one is beyond.
    for days in
        select c.table_name, string_agg(format('%I between ''1900-01-01'' and ''2200-12-31''', c.column_name), ' and '
                                        order by c.ordinal_position) as bounded
        from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
        where c.table_schema = current_schema() and c.data_type = 'date' and t.table_type = 'BASE TABLE'
              and c.table_name <> 'office'
        group by c.table_name
    loop
        execute format('alter table %I add constraint %I check (%s) not valid', days.table_name,
                       days.table_name || '_within_reach', days.bounded);
    end loop;
end $$;
