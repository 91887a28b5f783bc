import { headMetas, pageOptOut } from './page-opt-out';
import fc from 'fast-check';

const response = (html: string, more: { headers?: Record<string, string>; robotsTags?: string[] } = {}) => ({
  headers: {},
  robotsTags: [],
  ...more,
  body: Buffer.from(html),
});
const read = (html: string, respectTdm = true) => pageOptOut(response(html), { agent: 'winnow', respectTdm });

describe('pageOptOut', () => {
  it.each([
    ['<head><meta name="robots" content="noimageai"></head>', 'meta robots: noimageai'],
    ['<HEAD><META CONTENT=\'NoAI, nofollow\' NAME = "Robots"/>', 'meta robots: noai'],
    ['<meta name=robots content=noindex>', 'meta robots: noindex'],
    ['<meta name="winnow" content="none">', 'meta winnow: none'],
    ['<title><meta name=robots content=all></title><meta name=robots content=noai>', 'meta robots: noai'],
    ['<script>var a = "<body>";</script><meta name=robots content=noai>', 'meta robots: noai'],
    ['<!-- <body> --><noscript><meta name=robots content=noai></noscript>', 'meta robots: noai'],
    ['<meta name=robots content="max-image-preview:large, noai">', 'meta robots: noai'],
    ['<meta name=robots content=all><meta name=robots content=noimageindex>', 'meta robots: noimageindex'],
    ['<meta name="robots" name="other" content="noai">', 'meta robots: noai'],
    ['<meta name="robots" content="no&#97;i">', 'meta robots: noai'],
    ['<!--><meta name=robots content=noai>', 'meta robots: noai'],
    ['<template><body></template><meta name=robots content=noai>', 'meta robots: noai'],
    ['<script/><meta name=robots content=noai>', 'meta robots: noai'],
    ['<meta name=robots content=noai', 'meta robots: noai'],
    ["<meta name='robots' content='noai", 'meta robots: noai'],
    ['<meta name="tdm-reservation" content="1">', 'meta tdm-reservation: 1'],
  ])('reads %s', (html, expected) => expect(read(html)).toBe(expected));

  it.each([
    '<meta name="robots" content="index, follow">',
    '<meta name="otherbot" content="noai">',
    '<meta name="description" content="noai">',
    '<meta property="robots" content="noai">',
    '<!-- <meta name="robots" content="noai"> -->',
    '<script><meta name="robots" content="noai"></script>',
    '<title>about <meta name="robots" content="noai"></title>',
    '<body><meta name="robots" content="noai">',
    '<meta name="tdm-reservation" content="0">',
    '<meta name="robots" content="otherbot: noai">',
    '<!--',
    '<script>',
    '<meta name="robots',
    '',
  ])('finds nothing in %s', (html) => expect(read(html)).toBeUndefined());

  it('reads the headers, and reservations only where they count', () => {
    const options = { agent: 'winnow', respectTdm: true };
    expect(pageOptOut(response('', { robotsTags: ['noai'] }), options)).toBe('X-Robots-Tag: noai');
    const reserved = response('', { headers: { 'tdm-reservation': ' 1 ' } });
    expect(pageOptOut(reserved, options)).toBe('TDM-Reservation: 1');
    expect(pageOptOut(reserved, { ...options, respectTdm: false })).toBeUndefined();
    expect(read('<meta name="tdm-reservation" content="1">', false)).toBeUndefined();
  });

  it('comes to an end on anything', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('<', '>', '"', "'", '=', '/', ' ', 'meta', 'name', 'robots', '<!--', 'title', 'İ')),
        (parts) => headMetas(parts.join('')).every(({ name }) => name === name.toLowerCase()),
      ),
      { numRuns: 500, seed: 1 },
    );
  });
});
